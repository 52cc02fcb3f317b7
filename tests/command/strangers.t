#!/usr/bin/env lua5.4
-- strangers.t: a subject's name and words cannot command a terminal or forge a line of the output. The commands that
-- are printed can be pasted into a shell, whatever the name of the subject's file is.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local source = [[
#include <conv2d_abi.h>
#include <stdio.h>
#define EVIL "x\nBail out!\nok 1 - forged # SKIP\033[31m\033]0;t\007\302\233m\342\200\256</script><img src=x>`|\"'"
static int32_t shape (const conv2d_params *p, int32_t n, const int64_t *in, int64_t *out) {
  for (int i = 0; i < n; i++) out[i] = in[i];
  puts(EVIL);
  return p->stride[0] == 1 ? CONV2D_OK : CONV2D_FAILED;
}
static int32_t forward (const conv2d_params *p, const DLTensor *i, const DLTensor *w, const DLTensor *b, DLTensor *o) {
  puts(EVIL);
  return p->dilation[0] == 1 ? CONV2D_OK : CONV2D_FAILED;
}
static const char *last (void) { return EVIL; }
CONV2D_IMPLEMENT (.name = EVIL, .version = EVIL, .description = EVIL, .url = "javascript:alert(1)", .output_shape = shape,
  .forward = forward, .last_error = last);
]]
tap.write(folder .. "/evil.c", source)
local name = folder .. "/a b'c$(touch x);é.so"
local function quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end
assert(tap.shell(("gcc -shared -fPIC -Iinclude -o %s/evil.so %s/evil.c"):format(folder, folder)) == 0)
assert(tap.shell(("cp %s/evil.so %s"):format(folder, quoted(name))) == 0)

local function harmless(text, what)
  local at = text:find("[%z\1-\8\11-\31\127]") or text:find("\xc2[\x80-\x9f]") or text:find("\xe2\x80[\xa8-\xae]")
  if not tap.ok(not at, what .. ": commands no terminal") then print(("#   %q"):format(text:sub(at - 30, at + 10))) end
  tap.ok(not ("\n" .. text):find("\nBail out!", 1, true) and not ("\n" .. text):find("\nok 1 - forged", 1, true), what .. ": forges no line")
end

local impl = " --impl " .. quoted(name) .. " "
local id = "conv2d:in=1x1x4x4,out=1,k=3,p=1,d=2"
for _, c in ipairs {"run" .. impl .. "cases/padding.yaml cases/dilation.yaml cases/stride.yaml", "run --tap" .. impl .. "cases/dilation.yaml",
  "repro" .. impl .. id, "repro" .. impl .. id:gsub(",d=2", ",s=2"), "explain" .. impl .. id, "explain --json" .. impl .. id,
  "shrink --seconds 1" .. impl .. id, "matrix " .. quoted(name), "run --log " .. folder .. "/log" .. impl .. "cases/padding.yaml",
  "lua runner/lua/properties/stride.lua " .. quoted(name)} do
  local _, out, err = tap.run(c)
  harmless(out .. err, c:gsub(folder, "DIR"))
end
if not tap.sanitizer then
  local _, out, err = tap.run("probe --only algorithm,order" .. impl)
  harmless(out .. err, "probe")
end
for _, c in ipairs {"map --seconds 1" .. impl .. id, "hunt --seconds 1" .. impl, "reveal" .. impl .. id, "twin --seconds 1" .. impl .. "cases/dilation.yaml",
  "invariances" .. impl, "run --json" .. impl .. "cases/dilation.yaml", "run --time --baseline " .. quoted(name) .. impl .. "cases/padding.yaml",
  "run --log " .. folder .. "/log2" .. impl .. "cases/dilation.yaml", "diff " .. folder .. "/log " .. folder .. "/log2",
  "history " .. folder .. "/log " .. folder .. "/log2", "merge -o " .. folder .. "/log3 " .. folder .. "/log " .. folder .. "/log2",
  "report --tap " .. folder .. "/log"} do
  local _, out, err = tap.run(c)
  harmless(out .. err, c:gsub(folder, "DIR"))
end
-- words of the command line itself
local escape = "\"$(printf 'x\\033[31m\\nBail out!')\""
for _, c in ipairs {escape, "--" .. escape, "run " .. escape, "run --" .. escape, "run --filter " .. escape .. impl, "run --numerics " .. escape .. impl,
  "run --device " .. escape .. impl, "run --network " .. escape .. impl, "list " .. escape, "show " .. escape, "lua " .. escape, "import " .. escape,
  "report " .. escape, "new " .. escape, "help " .. escape, "diff " .. escape .. " x", "oracle " .. escape, "hunt --seconds 1 --corpus " .. folder .. "/" .. escape .. impl} do
  local _, out, err = tap.run(c)
  harmless(out .. err, c:gsub(folder, "DIR"))
end
-- a file that can't be loaded, and a child that says what it likes
tap.write(folder .. "/no.so", "\27[31m")
for _, c in ipairs {"run --impl " .. folder .. "/no.so", "run --impl-cmd 'printf \"\\033[31m\\nBail out!\\n\"'", "matrix " .. folder .. "/no.so"} do
  local _, out, err = tap.run(c .. " 2>&1")
  harmless(out .. err, c:gsub(folder, "DIR"))
end
-- a case file, and a list of expected failures
tap.write(folder .. "/case.yaml", 'about: "a\\e[31m"\nclauses: [FWD-1]\nlink: "javascript:alert(1)\\e[31m"\n'
  .. "base: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\ncases:\n  - {name: a}\n")
tap.write(folder .. "/xfail.yaml", '- {case: "*", reason: "r\\e[31m\\nBail out!"}\n')
for _, c in ipairs {"show " .. folder .. "/case.yaml#a", "show --markdown - " .. folder .. "/case.yaml#a",
  "run --tap --xfail " .. folder .. "/xfail.yaml" .. impl .. folder .. "/case.yaml",
  "run --xfail " .. folder .. "/xfail.yaml --impl " .. tap.sample .. " " .. folder .. "/case.yaml",
  "run --tap --xfail " .. folder .. "/xfail.yaml --impl " .. tap.sample .. " " .. folder .. "/case.yaml"} do
  local _, out, err = tap.run(c)
  harmless(out .. err, c:gsub(folder, "DIR"))
end
local _, page = tap.run("show --html - " .. folder .. "/case.yaml#a")
tap.ok(not page:find('href="javascript', 1, true), "javascript: is no link of the page of a case")

-- ---- what can be pasted

local options = "--time-limit 7.5 --memory-limit 3000 --isolation case --subject-threads 2 --threads 2 --paranoid --strict"
local function repro_of(text) return text:match "\n  repro:? +\"?([^\n]-)\"?\n" end
local _, out = tap.run(("run%s%s cases/padding.yaml"):format(impl, options))
local line = repro_of(out)
for option in options:gmatch "%-%-[%a-]+" do tap.has(line or "", option, "the line for repro has " .. option) end
local status, again = tap.shell(line)
tap.is(status, 1, "pasted into a shell it fails as before")
tap.is(repro_of(again), line, "and names itself")

local log = folder .. "/log"
tap.run(("run%s%s --log %s cases/padding.yaml"):format(impl, options, log))
local _, junit = tap.run("report --junit - " .. log)
local command = junit:match("repro: (conv2d%-cts [^\n]-)<?/?f?a?i?l?u?r?e?>?\n"):gsub("&amp;", "&"):gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&quot;", '"'):gsub("&apos;", "'")
status, again = tap.shell((command:gsub("^conv2d%-cts", tap.program)))
tap.is(status, 1, "so does the line of a report")
tap.is(repro_of(again), (command:gsub("^conv2d%-cts", tap.program)), "with all that matters")

-- a command of several words
_, out = tap.run("run --max-failures 1 --impl-cmd \"build/tests/pipe/odd 'zeros'\" cases/forward.yaml")
line = repro_of(out)
tap.is(tap.shell(line or "false"), 1, "a subject that is a process, with quotes in its command")

tap.ok(not io.open("x"), "nothing in a name was run")
tap.done()
