// spark.js: for the failures of a group, the share that fails over the parameter that matters most.

const SPARK_COLUMNS = { kernel_size: "k", stride: "s", padding: "p", dilation: "d", groups: "g", padding_mode: "mode",
  dtype: "dtype", layout: "layout", direction: "dir" };
const MOST_BARS = 16;

// What ran of each value, by column, of a subject: counted once.
const ran = subjects.map(() => null);
function ran_by_value(s) {
  if (!ran[s.number]) ran[s.number] = count_values(s, null);
  return ran[s.number];
}

// By parameter: a count for each word of its column, 0 being the default. list: rows, or null for all that ran.
function count_values(s, list) {
  const counts = {};
  for (const [name, key] of Object.entries(SPARK_COLUMNS)) {
    const column = columns[key], n = new Uint32Array(column.words.length + 1);
    if (list) for (const row of list) n[column.values[row]] += s.times_of[row];
    else for (let row = 0; row < rows; row++) {
      const code = class_code(s, row);
      if (code === 4 || is_bad(code)) n[column.values[row]] += s.times_of[row];
    }
    counts[name] = n;
  }
  return counts;
}

// How far failures are from being spread evenly over the values.
function spread(bad, all) {
  let sum = 0;
  for (let i = 0; i < bad.length; i++) if (bad[i]) sum += bad[i] * bad[i] / all[i];
  return sum;
}

// [value, failing of the group, run], in the values' order.
function bars_of(name, bad, all) {
  const column = columns[SPARK_COLUMNS[name]];
  return [...all.keys()].filter((i) => all[i]).map((i) => [i ? column.words[i - 1] : column.default, bad[i], all[i]])
    .sort((a, b) => compare_values(a[0], b[0])).slice(0, MOST_BARS);
}

function sparkline(s, list) {
  const all = ran_by_value(s), bad = count_values(s, list);
  const name = Object.keys(bad).filter((key) => all[key].filter(Boolean).length > 1)
    .sort((a, b) => spread(bad[b], all[b]) - spread(bad[a], all[a]))[0];
  if (!name) return null;
  const bars = bars_of(name, bad[name], all[name]), width = 14, height = 28;
  const words = `Failing share by ${name}: ` + bars.map(([v, b, n]) => `${v} ${thousands(b)} of ${thousands(n)}`).join(", ");
  const picture = svg("svg", { width: bars.length * width, height, viewBox: `0 0 ${bars.length * width} ${height}`, role: "img", "aria-label": words });
  bars.forEach(([v, b, n], i) => {
    const h = b ? Math.max(2, height * b / n) : 1;
    const bar = svg("rect", { x: i * width + 1, y: height - h, width: width - 2, height: h, class: b ? "wrong" : "right" });
    bar.append(svg("title", {}, `${name} ${v}: ${thousands(b)} of ${thousands(n)} fail`));
    picture.append(bar);
  });
  return element("figure", { class: "spark" }, picture, element("figcaption", { class: "hint" },
    `share that fails by ${name}: ${bars.filter(([, b]) => b).map(([v, b, n]) => `${v} (${thousands(b)}/${thousands(n)})`).slice(0, 4).join(", ")}`));
}
