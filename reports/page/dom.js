// dom.js: making elements. Text is always set as text: nothing of a log is ever read as HTML.

function element(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [key, v] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) e.addEventListener(key.slice(2), v);
    else if (v === true) e.setAttribute(key, "");
    else if (v !== undefined && v !== false) e.setAttribute(key, v);
  }
  e.append(...children.flat(3).filter((c) => c !== undefined && c !== null && c !== false));
  return e;
}

function svg(name, attributes, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, v] of Object.entries(attributes)) e.setAttribute(key, v);
  e.append(...children);
  return e;
}

const find = (selector) => document.querySelector(selector);
const thousands = (n) => n.toLocaleString("en");
const plural = (n, one, many) => thousands(n) + " " + (n === 1 ? one : many || one + "s");

function say(text) {
  find("#said").textContent = text;
}

// An id or a path: broken after a comma or a slash where it must be.
const breakable = (text) => text.split(/(?<=[,/])/).flatMap((part) => [part, element("wbr")]);

const signs = { failed: "✗", broken: "!", skipped: "–", passed: "✓" };

function badge(name, text) {
  return element("span", { class: "badge " + name }, signs[name] + " " + (text || name));
}

// A bar of the classes in proportion; the numbers stand beside it as text.
function bar(counts) {
  const all = classes.reduce((n, c) => n + counts[c], 0) || 1;
  return element("span", { class: "bar", "aria-hidden": "true" },
    classes.filter((c) => counts[c]).map((c) =>
      element("span", { class: c, style: "flex-grow:" + Math.max(counts[c] / all, 0.006) })));
}

// A choice of one of several: [[value, label], ...]
function choice(legend, name, options, chosen, on_change) {
  return element("fieldset", { class: "choice" }, element("legend", {}, legend),
    options.map(([v, label]) => element("label", {},
      element("input", { type: "radio", name, value: v, checked: v === chosen, onchange: () => on_change(v) }),
      element("span", {}, label))));
}

function clause_link(id) {
  const c = clauses.get(id);
  return element("a", { class: "clause", href: "#clause-" + id, title: c ? c.title : undefined }, id);
}

// A link if the text is an address of the web; else text. `javascript:` is not such an address.
function web_link(text) {
  return /^https?:\/\/[^\s<>"'`\\]+$/i.test(text) ? element("a", { href: text, rel: "noreferrer" }, text) : text;
}

// A word as a POSIX shell reads it.
function shell_word(word) {
  return /^[\w./:=+@%-]+$/.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'";
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (refused) { // pages opened from a file may not, in some browsers
    const area = element("textarea", { class: "unseen" }, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  button.textContent = "Copied";
  say("Copied: " + text);
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}
