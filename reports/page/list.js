// list.js: all cases, filtered; a hundred at a time, so that a large report stays quick.

const PAGE = 100;
const no_filter = () => ({ subject: -1, clause: "", classes: ["failed", "broken"], where: [], group: null, text: "" });
let filter = no_filter();
let matches = [];

const search_text = []; // by row, made when first searched

function text_of(row) {
  if (search_text[row] === undefined)
    search_text[row] = `${word("file", row)} ${label_of(row)} ${word("clauses", row)} ${id_of(row)}`.toLowerCase();
  return search_text[row];
}

// ---- which rows pass

function clause_sets(name) {
  return columns.clauses.words.map((w) => w.split(" ").some((id) => id === name || topic_of(id) === name));
}

function row_test() {
  const wanted = new Set(filter.classes.map((c) => 1 + classes.indexOf(c)));
  const shown = shown_subjects();
  const in_set = filter.clause ? clause_sets(filter.clause) : null;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const group = filter.group && groupings[filter.group[0]];
  return (row) => shown.some((s) => wanted.has(class_code(s, row))
      && (!group || (is_bad(class_code(s, row)) && group.key(s, row) === filter.group[1])))
    && (!in_set || in_set[columns.clauses.values[row] - 1] === true)
    && filter.where.every(([axis, v]) => axes[axis](row) === v)
    && words.every((w) => text_of(row).includes(w) || shown.some((s) => (verdict_of(s, row) || "").includes(w)
      || broken_clause(s, row).toLowerCase() === w));
}

const shown_subjects = () => filter.subject < 0 ? subjects : [subjects[filter.subject]];

// ---- drawing

function add_page() {
  const body = find("#cases .body"), from = body.childElementCount, shown = shown_subjects();
  matches.slice(from, from + PAGE).forEach((row) => body.append(case_entry(row, shown, false)));
  find("#more").hidden = body.childElementCount >= matches.length;
}

// ---- the filter and the opened case in the address, so that it can be sent and comes back

let chosen_case = -1;

function write_address() {
  const words = [];
  const put = (key, v) => { if (v !== "" && v !== null && v !== undefined) words.push(key + "=" + encodeURIComponent(v)); };
  if (filter.subject >= 0) put("subject", filter.subject);
  put("clause", filter.clause);
  if (filter.classes.join() !== no_filter().classes.join()) put("classes", filter.classes.join());
  if (filter.where.length) put("where", JSON.stringify(filter.where));
  if (filter.group) put("group", JSON.stringify(filter.group));
  put("text", filter.text);
  if (chosen_case >= 0) put("case", chosen_case);
  const before = location.hash.startsWith("#cases?");
  if (words.length || before) history.replaceState(null, "", words.length ? "#cases?" + words.join("&") : "#cases");
}

const json_or = (text, other) => { try { return JSON.parse(text); } catch (wrong) { return other; } };

// The filter of an address; what it does not know is left out.
function read_address() {
  if (!location.hash.startsWith("#cases?")) return false;
  const got = new URLSearchParams(location.hash.slice(7));
  const n = (key, most) => { const v = got.has(key) ? Number(got.get(key)) : -1; return Number.isInteger(v) && v < most ? v : -1; };
  const where = json_or(got.get("where"), []), group = json_or(got.get("group"), null);
  filter = Object.assign(no_filter(), { subject: n("subject", subjects.length), clause: got.get("clause") || "", text: got.get("text") || "" });
  if (got.has("classes")) filter.classes = got.get("classes").split(",").filter((c) => classes.includes(c));
  if (Array.isArray(where)) filter.where = where.filter((w) => Array.isArray(w) && axes[w[0]]);
  if (Array.isArray(group) && groupings[group[0]] && (group[0] !== "cause" || filter.subject >= 0)) filter.group = group;
  chosen_case = n("case", rows);
  return true;
}

function choose_case(row, open) {
  chosen_case = open ? row : chosen_case === row ? -1 : chosen_case;
  write_address();
}

// Opens the case of the address above the list.
function show_chosen() {
  if (chosen_case < 0) return;
  const entry = case_entry(chosen_case, shown_subjects(), true);
  find("#cases .body").prepend(entry);
  entry.scrollIntoView();
}

// ---- the matches as a file

function csv_field(text) {
  const word = String(text === undefined || text === null ? "" : text);
  const safe = /^[=+\-@\t]/.test(word) ? "'" + word : word; // no formula in a spreadsheet
  return /[",\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
}

function csv_text() {
  const head = ["file", "line", "case", "id", "clauses", "cases"].concat(subjects.flatMap((s) => [s.name, s.name + ": clause", s.name + ": words"]));
  const lines = matches.map((row) => [word("file", row), word("line", row), label_of(row), id_of(row), word("clauses", row), count[row]]
    .concat(subjects.flatMap((s) => [verdict_of(s, row), broken_clause(s, row), (s.details[row] || {}).words])));
  return [head].concat(lines).map((line) => line.map(csv_field).join(",")).join("\r\n") + "\r\n";
}

function download_csv() {
  const link = element("a", { href: URL.createObjectURL(new Blob([csv_text()], { type: "text/csv" })), download: "cases.csv" });
  link.click();
  URL.revokeObjectURL(link.href);
}

function apply_filter() {
  write_address();
  const test = row_test();
  let n = 0;
  matches = [];
  for (let row = 0; row < rows; row++) {
    if (!test(row)) continue;
    matches.push(row);
    n += count[row];
  }
  find("#cases .body").replaceChildren();
  find("#found").textContent = matches.length ? `${plural(n, "case")} of ${thousands(all_cases())}`
    : "No case fits. Passed and skipped cases are left out unless they are ticked.";
  add_page();
  draw_chips();
}

let cases_in_all = 0;
function all_cases() {
  if (!cases_in_all) for (let row = 0; row < rows; row++) cases_in_all += count[row];
  return cases_in_all;
}

// What a click elsewhere chose, each with a button to drop it.
function draw_chips() {
  const chip = (text, drop) => element("button", { type: "button", class: "chip drop", "aria-label": "Drop " + text,
    onclick: () => { drop(); apply_filter(); } }, text, " ×");
  const list = [];
  if (filter.clause) list.push(chip(filter.clause, () => { filter.clause = ""; }));
  filter.where.forEach((w) => list.push(chip(`${w[0]} = ${w[1]}`,
    () => { filter.where = filter.where.filter((other) => other !== w); })));
  if (filter.group) {
    const [kind, key] = filter.group;
    const name = kind === "cause" ? groupings.cause.title(subjects[filter.subject], key) : key;
    list.push(chip(`${groupings[kind].label}: ${name}`, () => { filter.group = null; }));
  }
  find("#chips").replaceChildren(...list);
}

function draw_filter() {
  const text = element("input", { type: "search", id: "search", placeholder: "name, id, clause or verdict",
    oninput: () => { filter.text = text.value; schedule(); } });
  const boxes = classes.map((c) => element("label", { class: "box" }, element("input", {
    type: "checkbox", value: c, checked: filter.classes.includes(c), onchange: (event) => {
      filter.classes = filter.classes.filter((other) => other !== c).concat(event.target.checked ? c : []);
      apply_filter();
    } }), " " + c));
  const select = subjects.length > 1 && element("label", {}, "Subject ", element("select", { onchange: (event) => {
    filter.subject = Number(event.target.value);
    apply_filter();
  } }, element("option", { value: -1 }, "all"), subjects.map((s, i) =>
    element("option", { value: i, selected: i === filter.subject }, s.name))));
  text.value = filter.text;
  find("#cases form").replaceChildren(element("label", {}, "Search ", text), select || "",
    element("fieldset", { class: "boxes" }, element("legend", { class: "unseen" }, "Verdicts"), boxes),
    element("div", { id: "chips" }),
    element("button", { type: "button", id: "reset", onclick: () => show_cases({}) }, "Reset"),
    element("button", { type: "button", id: "csv", onclick: download_csv }, "CSV of these"));
}

let timer = 0;
function schedule() {
  clearTimeout(timer);
  timer = setTimeout(apply_filter, 150);
}

// Lists the cases that fit the filters that are given.
function show_cases(wanted) {
  filter = Object.assign(no_filter(), wanted);
  chosen_case = -1;
  draw_filter();
  apply_filter();
  find("#cases").scrollIntoView();
  find("#cases-title").focus({ preventScroll: true });
}
