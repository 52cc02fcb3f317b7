// data.js: what reports/html.lua packed, unpacked: a row for each case, as columns of integers.

const report = JSON.parse(document.getElementById("data").textContent);

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const RUN_LETTERS = 4;
const digit = new Uint8Array(128);
[...LETTERS].forEach((letter, i) => { digit[letter.charCodeAt(0)] = i; });

function number_at(text, at, width) {
  let v = 0;
  for (let i = at; i < at + width; i++) v = v * 64 + digit[text.charCodeAt(i)];
  return v;
}

// The integers of pack.integers in reports/pack.lua.
function unpack(packed, rows) {
  const values = new Uint32Array(rows), width = packed.width;
  if (packed.all !== undefined) {
    for (let i = 0; i < rows; i++) values[i] = number_at(packed.all, i * width, width);
    return values;
  }
  const text = packed.runs;
  for (let at = 0, i = 0; at < text.length; at += width + RUN_LETTERS) {
    const end = i + number_at(text, at + width, RUN_LETTERS);
    values.fill(number_at(text, at, width), i, end);
    i = end;
  }
  return values;
}

const rows = report.rows;
const count = unpack(report.count, rows); // cases that a row stands for: more than 1 in a slice
const columns = {};
for (const [name, packed] of Object.entries(report.columns))
  columns[name] = { values: unpack(packed, rows), words: packed.words, default: packed.default || "" };

const classes = ["failed", "broken", "skipped", "passed"];
const class_of = {}, sentence_of = {};
for (const v of report.verdicts) {
  class_of[v.word] = v.class;
  sentence_of[v.word] = v.sentence;
}

// Failures that were expected are skipped here, with the sentence of their verdict.
for (const w of report.subjects.flatMap((s) => s.verdict.words)) {
  if (!w.endsWith(", expected")) continue;
  class_of[w] = "skipped";
  sentence_of[w] = sentence_of[w.replace(/, expected$/, "")];
}

const subjects = report.subjects.map((s, number) => Object.assign(s, {
  number,
  verdict_words: s.verdict.words, verdict_of: unpack(s.verdict, rows),
  clause_words: s.clause.words, clause_of: unpack(s.clause, rows),
  reason_words: s.reason.words, reason_of: unpack(s.reason, rows),
  error_of: unpack(s.error, rows), cause_of: unpack(s.cause, rows), times_of: unpack(s.times, rows),
  class_codes: [0].concat(s.verdict.words.map((w) => 1 + classes.indexOf(class_of[w]))),
}));

const clauses = new Map(report.clauses.map((c) => [c.id, c]));
const topic_of = (id) => id.replace(/-.*/, "");

// ---- a row

function word(name, row) {
  const i = columns[name].values[row];
  return i ? columns[name].words[i - 1] : "";
}

// The text of a parameter, by its brief name; where the id leaves it out, its default, for in_channels what the input has.
function value(key, row) {
  if (key === "c" && !word("c", row)) return value("in", row).split("x").slice(-3)[0];
  return word(key, row) || columns[key].default;
}

function id_of(row) {
  const parts = [];
  for (const k of report.keys) {
    const text = word(k.brief, row);
    if (text) parts.push(k.brief + "=" + text);
  }
  return "conv2d:" + parts.join(",");
}

const is_slice = (row) => report.sliced && !word("in", row);

// What names the case on a command line.
function reference_of(row) {
  return word("literal", row) ? word("file", row) + "#" + word("name", row) : id_of(row);
}

function label_of(row) {
  const file = word("file", row).replace(/\.yaml$/, ""), name = word("name", row);
  return name ? file + "/" + name : id_of(row).replace("conv2d:", "");
}

const clauses_of = (row) => word("clauses", row).split(" ").filter(Boolean);

// 0: the subject has no result; else 1 + the place in `classes`.
const class_code = (subject, row) => subject.class_codes[subject.verdict_of[row]];
const class_name = (subject, row) => classes[class_code(subject, row) - 1];
const verdict_of = (subject, row) => subject.verdict_words[subject.verdict_of[row] - 1];
const is_bad = (code) => code === 1 || code === 2;
const broken_clause = (subject, row) => subject.clause_words[subject.clause_of[row] - 1] || "";

const failing = subjects.map((s) => {
  const list = [];
  for (let row = 0; row < rows; row++) if (is_bad(class_code(s, row))) list.push(row);
  return list;
});

// How plain a case is to look at: few parameters that are not at their defaults, few elements.
function plainness(row) {
  const parts = report.keys.filter((k) => word(k.brief, row)).length;
  const elements = value("in", row).split("x").reduce((n, extent) => n * Number(extent), 1);
  return parts * 1000 + Math.min(999, elements) + (word("literal", row) ? 0 : 1);
}
