// main.js: the overview, the clauses, the theme; draws the page.

// ---- overview

function sentence(s) {
  const n = s.counts, bad = n.failed + n.broken;
  if (n.broken) return ["broken", "is not judged: the suite has defects"];
  if (bad) return ["failed", "does not conform"];
  if (!s.complete) return ["skipped", "is not judged: " + s.why_incomplete];
  return n.passed ? ["passed", "conforms"] : ["skipped", "is not judged: nothing could be run"];
}

// What a reader wants to know first: where it fails, or what was left out.
function lead(s) {
  const causes = tally(failing[s.number].map((row) => s.cause_of[row])).filter(([key]) => key);
  if (!causes.length || s.counts.broken) return null;
  const [key, n] = causes[0], all = failing[s.number].length;
  return element("p", {}, n === all ? "All failures have this in common: " : `${thousands(n)} of ${thousands(all)} failures have this in common: `,
    element("strong", {}, s.causes[key - 1].words), ".");
}

// Why cases were skipped: "1,200 not declared, 314 unsupported".
function skips(s) {
  const n = new Map();
  for (let row = 0; row < rows; row++)
    if (class_name(s, row) === "skipped") n.set(verdict_of(s, row), (n.get(verdict_of(s, row)) || 0) + s.times_of[row]);
  const words = [...n].sort((a, b) => b[1] - a[1]).map(([v, k]) => `${thousands(k)} ${v}`);
  return words.length > 0 && element("p", { class: "hint" }, "Skipped: ", words.join(", "), ".");
}

// Of a run with --time.
function speed(s) {
  if (!s.speed) return null;
  const compared = s.speed.ratio && `, ${s.speed.ratio.toPrecision(3)} times as fast as the baseline in ${thousands(s.speed.compared)}`;
  return element("p", { class: "hint" }, `Speed: ${s.speed.rate.toPrecision(3)} GMAC/s in the geometric mean of `
    + `${thousands(s.speed.cases)} cases${compared || ""}. It is no part of the verdict, and only indicative on a shared machine.`);
}

// On what the results may depend beside the subject's code.
function machine_words(s) {
  if (!s.machine) return [];
  return [s.machine.processor, `threads: ${s.machine.threads}`, s.machine.variables, s.environment];
}

// Dozens of words on a processor of today: folded, since they would be the largest part of a card.
function features(s) {
  const names = s.machine && s.machine.features ? s.machine.features.split(" ") : [];
  return names.length > 0 && element("details", { class: "hint" },
    element("summary", {}, `${names.length} features of the processor`), names.join(" "));
}

function subject_card(s) {
  const [kind, words] = sentence(s);
  return element("article", { class: "card subject " + kind },
    element("h2", {}, element("span", { class: "sign " + kind, "aria-hidden": "true" }, signs[kind]),
      `${s.name} ${s.version} ${words}`),
    element("p", {}, s.description, s.url && [" · ", web_link(s.url)]),
    s.own.length > 0 && element("p", { class: "hint" }, `The adapter itself computes ${s.own.join(", ")}: no success there is the library's.`),
    bar(s.counts),
    element("p", { class: "tally" }, classes.filter((c) => s.counts[c]).map((c) =>
      badge(c, `${thousands(s.counts[c])} ${c}`))),
    lead(s), skips(s), speed(s),
    !s.complete && element("p", { class: "warning" }, `The log is incomplete: ${s.why_incomplete}. What is missing was not tested.`),
    element("p", { class: "hint" }, [s.date && s.date.replace("T", " ").replace("Z", " UTC"),
      `suite ${s.suite}`, s.seconds !== undefined && `${s.seconds.toFixed(1)} s`, ...machine_words(s), s.invocation, s.log]
      .filter(Boolean).map((text) => [element("span", { class: "part" }, breakable(text)), " "])),
    features(s));
}

// ---- clauses

function draw_clauses() {
  find("#clauses .body").append(...report.clauses.map((c) => {
    const text = element("div", { class: "text" });
    text.innerHTML = c.html; // of specs/, escaped by reports/prose.lua
    return element("details", { class: "clause-text", id: "clause-" + c.id },
      element("summary", {}, element("strong", {}, c.id), " ", c.title),
      text, element("p", { class: "hint" }, `${c.class}${c.rejects ? "; a call that breaks it is rejected" : ""} · specs/${c.file}`));
  }));
}

// A link to a clause opens it.
function open_target() {
  const target = location.hash.startsWith("#clause-") && document.getElementById(location.hash.slice(1));
  if (!target) return;
  target.open = true;
  target.scrollIntoView();
}

// ---- keys

function on_key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const entries = [...document.querySelectorAll("details.case > summary")].filter((s) => s.offsetParent);
  const at = entries.indexOf(document.activeElement);
  const go = { j: at + 1, k: at < 0 ? -1 : at - 1 }[event.key];
  if (go !== undefined && entries[go]) entries[go].focus();
  else if (event.key === "/") find("#search").focus();
  else if (event.key === "?") find("#keys").open = !find("#keys").open;
  else return;
  event.preventDefault();
}

// ---- theme

function draw_theme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  find("#theme").textContent = dark ? "Light" : "Dark";
  find("#theme").setAttribute("aria-label", `Change to ${dark ? "light" : "dark"} colours`);
}

function follow_theme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  draw_theme(system.matches);
  system.addEventListener("change", () => draw_theme(system.matches));
  find("#theme").addEventListener("click", () => draw_theme(document.documentElement.dataset.theme !== "dark"));
}

// ---- the page

find("#suite").textContent = report.suite;
find("#overview").append(...subjects.map(subject_card));
find("#cases-title").tabIndex = -1;
find("#more").addEventListener("click", add_page);
find("#cases form").addEventListener("submit", (event) => event.preventDefault());
find("#errors .controls").append(subject_choice("error_subject", draw_errors) || "");
follow_theme();
draw_failures();
draw_grid();
draw_matrix();
draw_maps();
draw_errors();
const addressed = read_address();
draw_filter();
apply_filter();
if (addressed) {
  find("#cases").scrollIntoView();
  show_chosen();
}
draw_clauses();
addEventListener("keydown", on_key);
addEventListener("hashchange", open_target);
open_target();
document.documentElement.dataset.drawn = Math.round(performance.now()); // since the load began, for tests
