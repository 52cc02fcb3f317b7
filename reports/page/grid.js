// grid.js: cases by subjects where they do not agree, or where any fails; a row opens with all error maps side by side.

const GRID_ROWS = 60;
let grid_kind = "differ", grid_list = [];

const grid_kinds = {
  differ: { label: "cases on which subjects differ", fits: (codes) => {
    const run = codes.filter((code) => code === 4 || is_bad(code));
    return run.some(is_bad) && run.some((code) => code === 4);
  } },
  failing: { label: "all failing cases", fits: (codes) => codes.some(is_bad) },
  common: { label: "cases that fail in every subject that runs them", fits: (codes) => {
    const run = codes.filter((code) => code === 4 || is_bad(code));
    return run.length > 1 && run.every(is_bad);
  } },
};

function grid_cell(s, row) {
  const name = class_name(s, row);
  if (!name) return element("td", { class: "none" }, element("span", { class: "unseen" }, "no result"));
  return element("td", {}, element("span", { class: "badge " + name, title: `${s.name}: ${verdict_of(s, row)}` },
    `${signs[name]} `, element("span", { class: "verdict" }, verdict_of(s, row))));
}

function grid_row(row) {
  const toggle = element("button", { type: "button", class: "toggle", "aria-expanded": "false", onclick: () => {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
    if (!open) return line.nextElementSibling.remove();
    line.after(element("tr", { class: "opened" }, element("td", { colspan: subjects.length + 1 }, case_body(row, subjects))));
  } }, breakable(label_of(row)));
  const line = element("tr", { "data-row": row }, element("th", { scope: "row" }, toggle), subjects.map((s) => grid_cell(s, row)));
  return line;
}

function add_grid_rows() {
  const body = find("#grid tbody"), shown = body.querySelectorAll("tr[data-row]").length;
  body.append(...grid_list.slice(shown, shown + GRID_ROWS).map(grid_row));
  find("#grid-more").hidden = shown + GRID_ROWS >= grid_list.length;
}

function draw_grid() {
  if (subjects.length < 2) return;
  const fits = grid_kinds[grid_kind].fits, codes = subjects.map(() => 0);
  grid_list = [];
  for (let row = 0; row < rows; row++) {
    subjects.forEach((s, i) => { codes[i] = class_code(s, row); });
    if (fits(codes)) grid_list.push(row);
  }
  find("#grid").hidden = find("nav a[href='#grid']").hidden = false;
  find("#grid .controls").replaceChildren(element("label", {}, "Show ", element("select", { id: "grid-kind", onchange: (event) => {
    grid_kind = event.target.value;
    draw_grid();
    find("#grid-kind").focus();
  } }, Object.entries(grid_kinds).map(([key, k]) => element("option", { value: key, selected: key === grid_kind }, k.label)))),
  element("span", { id: "grid-found", role: "status" }, plural(grid_list.length, "row")));
  find("#grid .body").replaceChildren(element("table", { class: "matrix grid" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Case"),
      subjects.map((s) => element("th", { scope: "col" }, s.name)))), element("tbody", {})));
  find("#grid-more").onclick = add_grid_rows;
  add_grid_rows();
}
