// maps.js: passes, failures and skips over pairs of parameters, and errors by dtype.

// What a map may have as an axis: the column of a parameter, or what follows from two.
const axis_columns = { stride: "s", dilation: "d", padding: "p", kernel_size: "k", groups: "g", channels: "in", padding_mode: "mode",
  dtype: "dtype", direction: "dir", layout: "layout" };
const axes = Object.fromEntries(Object.entries(axis_columns).map(([name, key]) => [name, (row) => value(key, row)]));
axes.channels = (row) => value("in", row).split("x").slice(-3)[0];

// An axis as integers, made once: {words, of: the number of the word of each row}.
const numbered = {};
function number_axis(name) {
  if (numbered[name]) return numbered[name];
  const values = columns[axis_columns[name]].values, words = [], index = new Map(), number_of_value = new Map(), of = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    let n = number_of_value.get(values[row]);
    if (n === undefined) {
      const text = axes[name](row);
      if (!index.has(text)) index.set(text, words.push(text) - 1);
      n = index.get(text);
      number_of_value.set(values[row], n);
    }
    of[row] = n;
  }
  return (numbered[name] = { words, of });
}

const pairs = [
  ["stride", "dilation"], ["padding", "kernel_size"], ["groups", "channels"], ["padding_mode", "padding"],
  ["dtype", "direction"], ["layout", "dtype"], ["padding_mode", "stride"], ["padding_mode", "dilation"],
];

const MOST_VALUES = 12, LONGEST_VALUE = 10;
const chosen = { pair: 0, map_subject: 0, error_subject: 0 };

// Numbers in their order, pairs after single numbers, words last.
function compare_values(a, b) {
  const rank = (t) => /^-?\d+$/.test(t) ? 0 : /^-?\d/.test(t) ? 1 : 2;
  const numbers = (t) => t.split("x").map(Number);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (rank(a) === 2) return a < b ? -1 : a > b ? 1 : 0;
  const p = numbers(a), q = numbers(b);
  return p[0] - q[0] || (p[1] || 0) - (q[1] || 0);
}

// The values that are kept apart, the most frequent ones; the others are "other".
function axis_values(weights) {
  const by_weight = [...weights].sort((a, b) => b[1] - a[1]).map(([v]) => v).filter((v) => v.length <= LONGEST_VALUE);
  const kept = by_weight.slice(0, MOST_VALUES).sort(compare_values);
  return weights.size > kept.length ? kept.concat("other") : kept;
}

function count_pairs(subject, [a, b]) {
  const x = number_axis(a), y = number_axis(b), wide = y.words.length;
  const by_number = new Map(), weights = [new Float64Array(x.words.length), new Float64Array(wide)];
  for (let row = 0; row < rows; row++) {
    const code = class_code(subject, row);
    if (!code) continue;
    const n = subject.times_of[row], key = x.of[row] * wide + y.of[row];
    let cell = by_number.get(key);
    if (!cell) by_number.set(key, cell = [0, 0, 0, 0, 0]);
    cell[code] += n;
    weights[0][x.of[row]] += n;
    weights[1][y.of[row]] += n;
  }
  const cells = new Map([...by_number].map(([key, n]) => [x.words[Math.floor(key / wide)] + "\t" + y.words[key % wide], n]));
  const weight_of = [x, y].map((axis, i) => new Map(axis.words.map((w, k) => [w, weights[i][k]]).filter(([, n]) => n)));
  return { cells, values: weight_of.map(axis_values) };
}

// The cells with rare values put together.
function collapse({ cells, values }) {
  const sets = values.map((v) => new Set(v)), table = new Map();
  for (const [key, n] of cells) {
    const at = key.split("\t").map((v, i) => sets[i].has(v) ? v : "other").join("\t");
    const sum = table.get(at) || [0, 0, 0, 0, 0];
    table.set(at, sum.map((v, i) => v + n[i]));
  }
  return table;
}

function heat_cell(subject, pair, x, y, n) {
  if (!n) return element("td", { class: "none" });
  const bad = n[1] + n[2], run = bad + n[4];
  const text = bad ? `${thousands(bad)}/${thousands(run)}` : n[4] ? thousands(n[4]) : "–";
  const words = `${pair[0]} ${x}, ${pair[1]} ${y}: ${thousands(bad)} failed, ${thousands(n[4])} passed, `
    + `${thousands(n[3])} skipped`;
  const kind = bad ? "failed" : n[4] ? "passed" : "skipped";
  const all_bad = bad > 0 && bad === run;
  const strength = all_bad ? 100 : 20 + 30 * bad / run; // so that the number stays readable on it
  return element("td", {}, element("button", {
    type: "button", class: "heat " + kind, style: `--strength:${strength.toFixed(0)}%`, title: words,
    "aria-label": `${text}, ${words}`, "data-strong": all_bad,
    onclick: () => show_cases({
      subject: subject.number, where: [[pair[0], x], [pair[1], y]].filter(([, v]) => v !== "other"),
      classes: bad ? ["failed", "broken"] : [n[4] ? "passed" : "skipped"],
    }),
  }, text));
}

function heat_table(subject, pair) {
  const counted = count_pairs(subject, pair), table = collapse(counted), [xs, ys] = counted.values;
  return element("table", { class: "heat-map" },
    element("caption", {}, `${subject.name}: ${pair[0]} down, ${pair[1]} across`),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, `${pair[0]} ↓ ${pair[1]} →`),
      ys.map((y) => element("th", { scope: "col" }, y)))),
    element("tbody", {}, xs.map((x) => element("tr", {}, element("th", { scope: "row" }, x),
      ys.map((y) => heat_cell(subject, pair, x, y, table.get(x + "\t" + y)))))));
}

function subject_choice(name, on_change) {
  if (subjects.length < 2) return null;
  return element("label", {}, "Subject ", element("select", { id: name, onchange: (event) => {
    chosen[name] = Number(event.target.value);
    on_change();
  } }, subjects.map((s, i) => element("option", { value: i, selected: i === chosen[name] }, s.name))));
}

function draw_map() {
  find("#maps .body").replaceChildren(heat_table(subjects[chosen.map_subject], pairs[chosen.pair]));
}

// How far the failures of a pair's cells are from being spread evenly.
function telling(subject, pair) {
  let sum = 0;
  for (const n of collapse(count_pairs(subject, pair)).values()) {
    const bad = n[1] + n[2];
    if (bad) sum += bad * bad / (bad + n[4]);
  }
  return sum;
}

function most_telling_pair(subject) {
  const scores = pairs.map((p) => telling(subject, p));
  return scores.indexOf(Math.max(...scores));
}

function draw_maps() {
  chosen.pair = most_telling_pair(subjects[0]);
  const usable = pairs.map((p, i) => [String(i), `${p[0]} × ${p[1]}`]);
  find("#maps .controls").append(element("label", {}, "Parameters ", element("select", { id: "pair", onchange: (event) => {
    chosen.pair = Number(event.target.value);
    draw_map();
  } }, usable.map(([v, label]) => element("option", { value: v, selected: Number(v) === chosen.pair }, label)))), subject_choice("map_subject", draw_map) || "");
  draw_map();
}

// ---- errors

const BIN_NAMES = ["", "exact", "≤ 1/1024", "≤ 1/512", "≤ 1/256", "≤ 1/128", "≤ 1/64", "≤ 1/32", "≤ 1/16", "≤ 1/8",
  "≤ 1/4", "≤ 1/2", "≤ 1", "≤ 16", "> 16", "∞"];
const FIRST_WRONG_BIN = 13;

function count_errors(subject) {
  const by_type = new Map(), dtype = number_axis("dtype");
  for (let row = 0; row < rows; row++) {
    const bin = subject.error_of[row];
    if (!bin) continue;
    const type = dtype.words[dtype.of[row]];
    if (!by_type.has(type)) by_type.set(type, new Array(report.bins + 1).fill(0));
    by_type.get(type)[bin] += subject.times_of[row];
  }
  return by_type;
}

function error_row(type, n) {
  const most = Math.max(...n);
  return element("tr", {}, element("th", { scope: "row" }, type), n.slice(1).map((v, i) => {
    const height = v ? Math.max(6, 100 * Math.log1p(v) / Math.log1p(most)) : 0;
    return element("td", { class: i + 1 >= FIRST_WRONG_BIN ? "beyond" : "within" },
      v ? [element("span", { class: "column", style: `height:${height.toFixed(0)}%`, "aria-hidden": "true" }),
        element("span", { class: "n" }, thousands(v))] : "");
  }));
}

function draw_errors() {
  const subject = subjects[chosen.error_subject], by_type = count_errors(subject);
  const body = find("#errors .body");
  if (!by_type.size) {
    body.replaceChildren(element("p", {}, "No case of this subject was judged by its values."));
    return;
  }
  body.replaceChildren(element("table", { class: "histogram" },
    element("caption", {}, `${subject.name}: cases by their largest error, heights on a logarithmic scale`),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "dtype"),
      BIN_NAMES.slice(1).map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, [...by_type].sort().map(([type, n]) => error_row(type, n)))));
}
