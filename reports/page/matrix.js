// matrix.js: subjects by clause topics; a topic opens into its clauses, a number lists its cases.

// counts[id or topic][subject][class], a case once for each clause and once for each topic.
function count_clauses() {
  const counts = new Map(), sets = columns.clauses.words.map((w) => {
    const ids = w.split(" ").filter(Boolean);
    return [...new Set(ids.concat(ids.map(topic_of)))];
  });
  const of = (name) => {
    if (!counts.has(name)) counts.set(name, subjects.map(() => ({ failed: 0, broken: 0, skipped: 0, passed: 0 })));
    return counts.get(name);
  };
  subjects.forEach((s) => {
    const by_set = sets.concat([[]]).map(() => [0, 0, 0, 0, 0]); // the last: cases without a clause
    for (let row = 0; row < rows; row++)
      by_set.at(columns.clauses.values[row] - 1)[class_code(s, row)] += s.times_of[row];
    sets.forEach((names, i) => names.forEach((name) => classes.forEach((c, k) => {
      of(name)[s.number][c] += by_set[i][k + 1];
    })));
  });
  return counts;
}

function cell(name, subject, n) {
  const bad = n.failed + n.broken, all = bad + n.skipped + n.passed;
  if (!all) return element("td", { class: "none" }, element("span", { class: "unseen" }, "no case"));
  const kind = bad ? "failed" : n.passed ? "passed" : "skipped";
  const text = bad ? `${signs.failed} ${thousands(bad)}` : n.passed ? `${signs.passed} ${thousands(n.passed)}`
    : `${signs.skipped} ${thousands(n.skipped)}`;
  const rest = bad ? ` of ${thousands(bad + n.passed)}` : n.passed && n.skipped ? ` of ${thousands(all)}` : "";
  const words = `${name}, ${subject.name}: ${thousands(bad)} failed, ${thousands(n.passed)} passed, `
    + `${thousands(n.skipped)} skipped`;
  return element("td", {}, element("button", {
    type: "button", class: "cell " + kind, "aria-label": `${text}${rest}, ${words}`, title: words,
    onclick: () => show_cases({
      subject: subject.number, clause: name, classes: bad ? ["failed", "broken"] : [n.passed ? "passed" : "skipped"],
    }),
  }, text, element("small", {}, rest)));
}

function topic_rows(topic, ids, counts) {
  const of_clauses = ids.map((id) => element("tr", { class: "clause-row", hidden: true },
    element("th", { scope: "row" }, clause_link(id), " ", element("span", { class: "title" }, clauses.get(id).title)),
    subjects.map((s) => cell(id, s, counts.get(id)[s.number]))));
  const toggle = element("button", { type: "button", class: "toggle", "aria-expanded": "false", onclick: () => {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
    of_clauses.forEach((r) => { r.hidden = !open; });
  } }, topic, element("small", {}, ` ${clauses.get(ids[0]).page}, ${plural(ids.length, "clause")}`));
  return [element("tr", {}, element("th", { scope: "row" }, toggle),
    subjects.map((s) => cell(topic, s, counts.get(topic)[s.number]))), of_clauses];
}

function draw_matrix() {
  const counts = count_clauses(), topics = new Map();
  for (const id of clauses.keys()) {
    if (!counts.has(id)) continue;
    if (!topics.has(topic_of(id))) topics.set(topic_of(id), []);
    topics.get(topic_of(id)).push(id);
  }
  find("#matrix .body").append(element("table", { class: "matrix" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Topic"),
      subjects.map((s) => element("th", { scope: "col" }, s.name)))),
    element("tbody", {}, [...topics].map(([topic, ids]) => topic_rows(topic, ids, counts)))));
}
