// failures.js: failing cases in groups, the largest first, each with its plainest case opened.

// Cases that fit several causes are listed under the first.
function how_many_fail(cause, listed) {
  const share = cause.failed === cause.run ? `All ${plural(cause.run, "case")} like this fail`
    : `${thousands(cause.failed)} of the ${thousands(cause.run)} cases like this fail`;
  const elsewhere = cause.failed - listed;
  return elsewhere > 0 ? `${share}; ${thousands(elsewhere)} of them under another cause.` : share + ".";
}

const groupings = {
  cause: {
    label: "likely cause",
    key: (s, row) => s.cause_of[row],
    title: (s, key) => key ? s.causes[key - 1].words : "no common cause found",
    note: (s, key, n) => key ? how_many_fail(s.causes[key - 1], n)
      : n > 1 ? "These cases have nothing in common that passing cases have not." : "",
  },
  clause: {
    label: "clause",
    key: (s, row) => broken_clause(s, row) || clauses_of(row)[0] || "",
    title: (s, key) => key ? [clause_link(key), " ", (clauses.get(key) || { title: "" }).title] : "no clause",
    note: () => "",
  },
  verdict: {
    label: "verdict",
    key: (s, row) => verdict_of(s, row),
    title: (s, key) => key,
    note: (s, key) => sentence_of[key],
  },
};

let grouping = "cause";
const SHOWN = 5;

function grouped(subject) {
  const groups = new Map(), key_of = groupings[grouping].key;
  for (const row of failing[subject.number]) {
    const key = key_of(subject, row);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return [...groups].sort((a, b) => !a[0] - !b[0] || b[1].length - a[1].length); // without a cause last
}

// How often each text comes, most often first: "wrong value 204, rejected 3".
function tally(texts) {
  const n = new Map();
  for (const t of texts) n.set(t, (n.get(t) || 0) + 1);
  return [...n].sort((a, b) => b[1] - a[1]);
}

function summary_of(subject, list) {
  const verdicts = tally(list.map((row) => verdict_of(subject, row)));
  const broken = tally(list.map((row) => broken_clause(subject, row)).filter(Boolean));
  return element("p", { class: "tally" }, verdicts.map(([v, n]) => badge("failed", `${v} ${thousands(n)}`)),
    broken.slice(0, 6).map(([id, n]) => element("span", { class: "chip" }, clause_link(id), " " + thousands(n))),
    broken.length > 6 && element("span", { class: "chip" }, `and ${broken.length - 6} more clauses`));
}

// Cases with particulars first, and the plainest of those.
function plainest(subject, list) {
  return list.map((row) => [row, plainness(row) + (subject.details[row] ? 0 : 1e6)])
    .sort((a, b) => a[1] - b[1]).slice(0, SHOWN).map(([row]) => row);
}

function group_card(subject, [key, list], is_first) {
  const g = groupings[grouping], note = g.note(subject, key, list.length);
  return element("article", { class: "card" },
    element(subjects.length > 1 ? "h4" : "h3", {}, element("span", { class: "many" }, thousands(list.length)), " ",
      g.title(subject, key)),
    note && element("p", { class: "hint" }, note),
    summary_of(subject, list), sparkline(subject, list),
    element("details", { class: "fold", open: true },
      element("summary", {}, list.length > SHOWN ? `The ${SHOWN} plainest` : plural(list.length, "case")),
      plainest(subject, list).map((row, i) => case_entry(row, [subject], is_first && i === 0))),
    list.length > SHOWN && element("button", { type: "button", onclick: () =>
      show_cases({ subject: subject.number, group: [grouping, key] }) }, `List all ${thousands(list.length)}`));
}

function draw_failures() {
  const body = find("#failures .body"), bad = subjects.filter((s) => failing[s.number].length);
  body.replaceChildren();
  if (!bad.length) {
    body.append(element("p", { class: "good" }, "No case fails."));
    return;
  }
  body.append(choice("Group by", "grouping", Object.entries(groupings).map(([k, g]) => [k, g.label]), grouping,
    (v) => { grouping = v; draw_failures(); find(`input[name=grouping][value=${v}]`).focus(); }));
  for (const s of bad) {
    if (subjects.length > 1) body.append(element("h3", {}, s.name, " ", element("small", {}, plural(failing[s.number].length, "failure"))));
    grouped(s).forEach((g, i) => body.append(group_card(s, g, i === 0)));
  }
}
