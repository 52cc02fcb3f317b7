// results.js: published results of many subjects by topic and clause, and a log of your own beside them.

const published = JSON.parse(document.getElementById("data").textContent);
const clauses = new Map(published.clauses.map((c) => [c.id, c]));
const topic_of = (id) => id.replace(/-.*/, "");
const topics = [...new Set(published.clauses.map((c) => topic_of(c.id)))];
let records = published.records, opened_topic = "";

// ---- the table

const columns_shown = () => topics.flatMap((t) => t === opened_topic ? [t, ...[...clauses.keys()].filter((id) => topic_of(id) === t)] : [t]);

// How many cases fail of a clause or of the clauses of a topic; with a log or a record that has them, how many pass.
function counts_of(record, column) {
  const n = { failed: 0, passed: 0 };
  for (const [id, failed] of Object.entries(record.failing)) if (id === column || topic_of(id) === column) n.failed += failed;
  for (const [id, passed] of Object.entries(record.passing || {})) if (id === column || topic_of(id) === column) n.passed += passed;
  return n;
}

function result_cell(record, column) {
  const n = counts_of(record, column), words = `${column}, ${record.subject}: ${plural(n.failed, "failure")}`;
  if (!n.failed) return element("td", { class: "none" }, n.passed ? element("span", { class: "badge passed", title: words }, signs.passed) : "");
  return element("td", {}, element("button", { type: "button", class: "cell failed", title: words, "aria-label": words,
    onclick: () => show_detail(record, column) }, `${signs.failed} ${thousands(n.failed)}`));
}

function record_row(record) {
  const kind = record.failed ? "failed" : record.passed ? "passed" : "skipped";
  return element("tr", { class: record.yours ? "yours" : "" }, element("th", { scope: "row" },
    /^https?:\/\//.test(record.url || "") ? element("a", { href: record.url, rel: "noreferrer" }, record.subject) : record.subject,
    element("small", {}, ` ${record.version || ""} · ${record.tier || ""}${record.yours ? " · your run" : ""}`)),
  element("td", {}, badge(kind, thousands(record.failed))), element("td", {}, thousands(record.passed)),
  element("td", {}, thousands(record.skipped)), element("td", {}, record.grade || "-"),
  columns_shown().map((c) => result_cell(record, c)));
}

function column_head(column) {
  if (topics.includes(column)) {
    return element("th", { scope: "col" }, element("button", { type: "button", class: "toggle", "aria-expanded": String(column === opened_topic),
      "data-topic": column, onclick: () => { opened_topic = opened_topic === column ? "" : column; draw_results(); } }, column));
  }
  return element("th", { scope: "col" }, element("a", { class: "clause", href: "#clause-" + column, title: clauses.get(column).title }, column));
}

function draw_results() {
  const text = find("#subject").value.toLowerCase(), failing = find("#only-failing").checked;
  const list = records.filter((r) => r.yours
    || (`${r.subject} ${r.version} ${r.tier}`.toLowerCase().includes(text) && (!failing || r.failed)));
  find("#found").textContent = `${plural(list.length, "result")} of ${thousands(records.length)}`;
  find("#results .body").replaceChildren(element("table", { class: "matrix" },
    element("thead", {}, element("tr", {}, ["subject", "failed", "passed", "skipped", "grade"].map((h) => element("th", { scope: "col" }, h)),
      columns_shown().map(column_head))),
    element("tbody", {}, list.map(record_row))));
}

function show_detail(record, column) {
  const ids = Object.keys(record.failing).filter((id) => id === column || topic_of(id) === column).sort();
  find("#detail").replaceChildren(element("article", { class: "card" },
    element("h3", {}, `${record.subject} ${record.version || ""}: ${column}`),
    record.machine && element("p", { class: "hint" }, record.machine),
    ids.map((id) => element("p", {}, element("a", { class: "clause", href: "#clause-" + id }, id), ` ${plural(record.failing[id], "case")} fail: `,
      (clauses.get(id) || { title: "" }).title))));
  find("#detail").scrollIntoView({ block: "nearest" });
}

function draw_clauses() {
  find("#clauses .body").append(...published.clauses.map((c) => {
    const failing = records.filter((r) => r.failing[c.id]);
    return element("details", { id: "clause-" + c.id }, element("summary", {}, `${c.id} ${c.title}`),
      element("p", {}, c.text), failing.length > 0 && element("p", {}, "Broken by: ",
        failing.map((r) => `${r.subject} ${r.version} (${r.tier}, ${thousands(r.failing[c.id])})`).join("; "), "."));
  }));
}

function open_target() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView();
  }
}

// ---- a log of your own

const published_class = published.classes;

function new_record(header) {
  return { subject: header.subject, version: header.subject_version, tier: "log", yours: true, failed: 0, passed: 0, skipped: 0, failing: {}, passing: {} };
}

function count_line(record, entry) {
  const name = entry.xfail ? "skipped" : published_class[entry.verdict];
  if (!name) throw new Error(`the verdict “${entry.verdict}” is not known`);
  const kind = name === "broken" ? "failed" : name;
  record[kind]++;
  if (kind === "failed") {
    const id = entry.clause || "?";
    record.failing[id] = (record.failing[id] || 0) + 1;
  } else if (kind === "passed") for (const id of entry.clauses || []) record.passing[id] = (record.passing[id] || 0) + 1;
}

// Reads a file line by line, so that a long log needs no memory.
async function read_log(file) {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", record = null, number = 0, complete = false;
  const take = (line) => {
    number++;
    let entry;
    try { entry = JSON.parse(line); } catch (bad) { throw new Error(`line ${number} is not JSON`); }
    if (!record) {
      if (entry.format !== "conv2d-cts result log") throw new Error("this is no conv2d-cts result log");
      record = new_record(entry);
    } else if (entry.end) complete = !entry.interrupted;
    else if (entry.case !== undefined && entry.order === undefined && !entry.control) count_line(record, entry);
  };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    lines.filter(Boolean).forEach(take);
  }
  if (!record) throw new Error("the file is empty or no conv2d-cts result log");
  record.complete = complete;
  return record;
}

async function show_log(file) {
  say(`Reading ${file.name} …`);
  try {
    const record = await read_log(file);
    records = [record].concat(published.records);
    draw_results();
    say(`${record.subject} ${record.version}: ${thousands(record.failed)} failed, ${thousands(record.passed)} passed, `
      + `${thousands(record.skipped)} skipped${record.complete ? "" : "; the log ended early"}. It is the first row of the table.`);
    find("#results").scrollIntoView();
  } catch (problem) {
    say(`${file.name}: ${problem.message}.`);
  }
}

// ---- the page

function draw_theme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  find("#theme").textContent = dark ? "Light" : "Dark";
}

draw_theme(matchMedia("(prefers-color-scheme: dark)").matches);
find("#theme").addEventListener("click", () => draw_theme(document.documentElement.dataset.theme !== "dark"));
find("#subject").addEventListener("input", draw_results);
find("#only-failing").addEventListener("change", draw_results);
find("#results form").addEventListener("submit", (event) => event.preventDefault());
find("#log").addEventListener("change", (event) => event.target.files[0] && show_log(event.target.files[0]));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files[0]) show_log(event.dataTransfer.files[0]);
});
addEventListener("hashchange", open_target);
draw_results();
draw_clauses();
open_target();
document.documentElement.dataset.drawn = Math.round(performance.now());
