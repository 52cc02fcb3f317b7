// spark.js: for the failures of a group, the share that fails over the parameter that matters most.

const SPARK_COLUMNS = { kernel_size: "k", stride: "s", padding: "p", dilation: "d", groups: "g", padding_mode: "mode",
  dtype: "dtype", layout: "layout", direction: "dir" };
const MOST_BARS = 16;

// ---- sizes, which no key has alone

// One number of a word for both axes, "3x2" or "3": axis 0 is of rows, 1 of columns.
function number_of_axis(row, key, axis) {
  const numbers = value(key, row).split("x").map(Number);
  return numbers[numbers.length > 1 ? axis : 0];
}

function extent_of(row, from_end) {
  const extents = value("in", row).split("x").map(Number);
  return extents[extents.length - from_end];
}

// Rows or columns of the output; NaN where the call has none.
function output_extent(row, axis) {
  const [k, s, d] = ["k", "s", "d"].map((key) => number_of_axis(row, key, axis)), reach = d * (k - 1), padding = value("p", row);
  const both = padding === "same" ? reach : padding === "valid" ? 0 : 2 * number_of_axis(row, "p", axis);
  return Math.floor((extent_of(row, 2 - axis) + both - reach - 1) / s) + 1;
}

const SIZES = {
  "output columns": (row) => output_extent(row, 1),
  "output rows": (row) => output_extent(row, 0),
  "input channels": (row) => extent_of(row, 3),
  "output channels": (row) => Number(value("out", row)),
};

// A column as of data.js whose words are sizes; "" where there is none.
function column_of_sizes(size) {
  const column = { values: new Uint32Array(rows), words: [], default: "" }, index = new Map();
  for (let row = 0; row < rows; row++) {
    const n = size(row);
    if (!(n > 0)) continue;
    if (!index.has(n)) index.set(n, column.words.push(String(n)));
    column.values[row] = index.get(n);
  }
  return column;
}

let all_columns = null; // by the name that the caption has
function spark_columns() {
  if (!all_columns) {
    all_columns = {};
    for (const [name, key] of Object.entries(SPARK_COLUMNS)) all_columns[name] = columns[key];
    for (const [name, size] of Object.entries(SIZES)) all_columns[name] = column_of_sizes(size);
  }
  return all_columns;
}

// ---- counts

// What ran of each value, by column, of a subject: counted once.
const ran = subjects.map(() => null);
function ran_by_value(s) {
  if (!ran[s.number]) ran[s.number] = count_values(s, null);
  return ran[s.number];
}

// By parameter: a count for each word of its column, 0 being the default. list: rows, or null for all that ran.
function count_values(s, list) {
  const counts = {};
  for (const [name, column] of Object.entries(spark_columns())) {
    const n = new Uint32Array(column.words.length + 1);
    if (list) for (const row of list) n[column.values[row]] += s.times_of[row];
    else for (let row = 0; row < rows; row++) {
      const code = class_code(s, row);
      if (code === 4 || is_bad(code)) n[column.values[row]] += s.times_of[row];
    }
    if (!column.default) n[0] = 0;
    counts[name] = n;
  }
  return counts;
}

// How far failures are from being spread evenly over the values: more than chance alone would do, so that a parameter of
// many values has no advantage.
function spread(bad, all) {
  let sum = 0, failing = 0, ran = 0, values = 0;
  for (let i = 0; i < bad.length; i++) {
    if (!all[i]) continue;
    sum += bad[i] * bad[i] / all[i];
    failing += bad[i];
    ran += all[i];
    values++;
  }
  const share = failing / ran;
  return sum - failing * share - values * share * (1 - share);
}

// [value, failing of the group, run], in the values' order.
function bars_of(name, bad, all) {
  const column = spark_columns()[name];
  return [...all.keys()].filter((i) => all[i]).map((i) => [i ? column.words[i - 1] : column.default, bad[i], all[i]])
    .sort((a, b) => compare_values(a[0], b[0])).slice(0, MOST_BARS);
}

function sparkline(s, list) {
  const all = ran_by_value(s), bad = count_values(s, list);
  const name = Object.keys(bad).filter((key) => all[key].filter(Boolean).length > 1)
    .sort((a, b) => spread(bad[b], all[b]) - spread(bad[a], all[a]))[0];
  if (!name) return null;
  const bars = bars_of(name, bad[name], all[name]), height = 28, labelled = bars.every(([v]) => v.length <= 3);
  const width = labelled ? 22 : 14, whole = height + (labelled ? 14 : 0);
  const words = `Failing share by ${name}: ` + bars.map(([v, b, n]) => `${v} ${thousands(b)} of ${thousands(n)}`).join(", ");
  const picture = svg("svg", { width: bars.length * width, height: whole, viewBox: `0 0 ${bars.length * width} ${whole}`, role: "img", "aria-label": words });
  bars.forEach(([v, b, n], i) => {
    const h = b ? Math.max(2, height * b / n) : 1;
    const bar = svg("rect", { x: i * width + 1, y: height - h, width: width - 2, height: h, class: b ? "wrong" : "right" });
    bar.append(svg("title", {}, `${name} ${v}: ${thousands(b)} of ${thousands(n)} fail`));
    picture.append(bar);
    if (labelled) picture.append(svg("text", { x: (i + 0.5) * width, y: height + 11, "text-anchor": "middle" }, v));
  });
  const failing = bars.filter(([, b]) => b).slice(0, 4).map(([v, b, n]) => `${v} (${thousands(b)}/${thousands(n)})`);
  return element("figure", { class: "spark" }, picture, element("figcaption", { class: "hint" },
    `share that fails by ${name}${labelled ? "" : ": " + failing.join(", ")}`));
}
