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
    && (!in_set || in_set[columns.clauses.values[row] - 1])
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

function apply_filter() {
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
    element("button", { type: "button", id: "reset", onclick: () => show_cases({}) }, "Reset"));
}

let timer = 0;
function schedule() {
  clearTimeout(timer);
  timer = setTimeout(apply_filter, 150);
}

// Lists the cases that fit the filters that are given.
function show_cases(wanted) {
  filter = Object.assign(no_filter(), wanted);
  draw_filter();
  apply_filter();
  find("#cases").scrollIntoView();
  find("#cases-title").focus({ preventScroll: true });
}
