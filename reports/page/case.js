// case.js: all that is known about a case: verdicts, first wrong elements, map, parameters, repro line.

const element_name = (flat, shape) => {
  const indices = [];
  for (let a = shape.length - 1; a >= 0; a--) {
    indices.unshift(flat % shape[a]);
    flat = Math.floor(flat / shape[a]);
  }
  return "[" + indices.join(", ") + "]";
};

// A number as a person reads it: 8 digits where they do not all matter.
const number_text = (v) => typeof v === "number" ? String(Number(v.toPrecision(9))) : String(v);

// ---- the wrong elements

function difference(got, want) {
  const d = Number(got) - Number(want);
  return Number.isFinite(d) ? number_text(d) : "";
}

function wrong_table(d) {
  return element("table", { class: "numbers" },
    element("caption", {}, "First wrong elements of " + d.tensor),
    element("thead", {}, element("tr", {},
      ["element", "got", "want", "difference"].map((t) => element("th", { scope: "col" }, t)))),
    element("tbody", {}, d.wrong.map(([flat, got, want]) => element("tr", {},
      element("th", { scope: "row" }, element_name(flat, d.map.shape)),
      element("td", { class: "got" }, number_text(got)), element("td", {}, number_text(want)),
      element("td", {}, difference(got, want))))));
}

const share = (d) => d === 0 ? 0 : d === 9 ? 1 : d / 9;

// Lines of digits as squares.
function squares(lines, label) {
  const size = 12, w = lines[0].length * size, h = lines.length * size;
  const picture = svg("svg", { width: w, height: h, viewBox: `0 0 ${w} ${h}`, role: "img", "aria-label": label });
  lines.forEach((line, r) => [...line].forEach((c, k) => picture.append(svg("rect", {
    x: k * size + 0.5, y: r * size + 0.5, width: size - 1, height: size - 1, rx: 1.5,
    class: c === "0" ? "right" : "wrong", style: c === "0" ? "" : `fill-opacity:${0.3 + 0.7 * share(Number(c))}`,
  }))));
  return picture;
}

function error_map(d) {
  const all = d.map.plane.join("") + d.map.channels;
  if (all.length < 3) return null;
  const shape = d.map.shape, rows_text = shape[shape.length - 2] || 1, columns_text = shape[shape.length - 1] || 1;
  const words = `${thousands(d.mismatches)} of ${thousands(d.outputs)} elements are wrong`;
  return element("figure", {},
    element("figcaption", {}, "Where it is wrong"),
    squares(d.map.plane, `${words}, by row and column`),
    element("p", { class: "hint" }, `rows × columns (${rows_text} × ${columns_text})`),
    d.map.channels.length > 1 && [squares([d.map.channels], `${words}, by channel`),
      element("p", { class: "hint" }, `channels (${shape[shape.length - 3]})`)]);
}

// ---- facts

function facts(list) {
  return element("dl", { class: "facts" }, list.filter(([, v]) => v).map(([name, v]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, v))));
}

function parameters(row) {
  return element("div", {}, element("p", { class: "hint" }, "Parameters, those that are not the default in bold"),
    facts(report.keys.map((k) => {
      const text = value(k.brief, row);
      return [k.name, text && (word(k.brief, row) ? element("strong", {}, text) : text)];
    })));
}

function size_of_error(d) {
  if (!d.outputs || !d.mismatches) return "";
  return typeof d.max_error === "number" ? `up to ${number_text(d.max_error)} times what is allowed`
    : "none is allowed: only the right value passes here";
}

function repro_line(subject, row) {
  const command = `conv2d-cts repro ${subject.invocation} ${shell_word(reference_of(row))}`;
  const button = element("button", { type: "button", class: "copy", onclick: () => copy(command, button) }, "Copy");
  return element("p", { class: "repro" }, element("code", {}, breakable(command)), button);
}

function failure_detail(subject, row, d) {
  return [
    d.wrong && element("div", { class: "pictures", tabindex: 0, role: "group", "aria-label": "Wrong elements" }, wrong_table(d), error_map(d)),
    facts([["error", size_of_error(d)], ["printed", d.printed && element("pre", { class: "printed" }, d.printed)], ["log", `line ${thousands(d.log_line)}`],
      ["known defect", d.link && web_link(d.link)]]),
  ];
}

// alone: the heading has said whose verdict it is.
function result_of(subject, row, alone) {
  const name = class_name(subject, row);
  if (!name) return null;
  const d = subject.details[row], clause = broken_clause(subject, row);
  const verdict = verdict_of(subject, row);
  const words = d ? d.words : subject.reason_words[subject.reason_of[row] - 1] || sentence_of[verdict];
  return element("div", { class: "result" },
    element("p", {}, !alone && [badge(name, verdict), " ", element("strong", {}, subject.name), ": "], words,
      clause && [" (breaks ", clause_link(clause), ")"]),
    d && failure_detail(subject, row, d),
    is_bad(class_code(subject, row)) && !d
      && element("p", { class: "hint" }, "Its particulars are in the log; the line below shows them again."),
    !is_slice(row) && repro_line(subject, row));
}

function case_body(row, shown) {
  const file = word("file", row);
  return element("div", { class: "case-body" },
    element("div", { class: "results" }, shown.map((s) => result_of(s, row, shown.length === 1))),
    element("p", { class: "about" }, "About ", clauses_of(row).flatMap((id, i) => {
      const c = clauses.get(id);
      return [i ? "; " : "", clause_link(id), c ? " " + c.title : ""];
    }), "."),
    parameters(row),
    element("button", { type: "button", class: "print", onclick: (event) => print_case(event.target.closest(".case")) }, "Print this case"),
    element("p", { class: "hint" }, is_slice(row) ? `${plural(count[row], "case")} of ${file} that look alike`
      : breakable(`${file ? `${file}, line ${word("line", row)} · ` : ""}${id_of(row)}`)));
}

// Prints one case alone.
function print_case(entry) {
  const only = element("main", { id: "one-case" }, entry.cloneNode(true));
  document.body.append(only);
  document.body.classList.add("one-case");
  addEventListener("afterprint", () => {
    only.remove();
    document.body.classList.remove("one-case");
  }, { once: true });
  print();
}

// A case that can be opened. shown: the subjects whose verdicts it shows.
function case_entry(row, shown, open) {
  const badges = shown.map((s) => {
    const name = class_name(s, row);
    return name && element("span", { class: "badge " + name, title: s.name },
      signs[name] + " " + (shown.length > 1 ? s.name + ": " : "") + verdict_of(s, row));
  });
  const entry = element("details", { class: "case", "data-row": row },
    element("summary", {}, element("span", { class: "label" }, breakable(label_of(row)),
      count[row] > 1 && element("small", {}, ` × ${thousands(count[row])}`)), element("span", { class: "badges" }, badges)));
  entry.addEventListener("toggle", () => choose_case(row, entry.open));
  const fill = () => { if (entry.open && !entry.querySelector(".case-body")) entry.append(case_body(row, shown)); };
  entry.addEventListener("toggle", fill);
  if (open) {
    entry.open = true;
    fill();
  }
  return entry;
}
