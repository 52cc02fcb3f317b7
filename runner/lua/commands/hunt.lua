-- hunt: looks for failing cases over all parameters, for as long as it is given.

local escape = require "text.escape"
local hunt = require "hunt.hunt"
local options = require "cli.options"
local output = require "text.output"
local reproduce = require "shrink.reproduce"
local summary = require "cli.summary"

local command = {
  name = "hunt",
  arguments = {0, 1000, "corpora"},
  usage = "--impl FILE.so [--seconds N] [--corpus FOLDER] [OPTION ...] [FOLDER ...]",
  about = "Looks for failing cases over all parameters and sizes, with fresh data each time, and shrinks what fails. A fault is\n"
    .. "reported once. A subject that was compiled with -fsanitize-coverage (gcc: trace-pc,trace-cmp; clang: trace-pc-guard,\n"
    .. "trace-cmp) guides the hunt by the edges of its code; others by their ways of summing. Further folders are corpora of other\n"
    .. "hunts, which are tried first.",
  options = options.join(options.subject, {
    {"seconds", value = "N", number = true, above = 0, about = "how long to look (default 600)"},
    {"corpus", value = "FOLDER", about = "keep there what was new and what failed, and go on with what is there"},
    {"seed", value = "N", integer = true, about = "of the search and its data (default: another each time, which is printed)"},
    {"products", value = "N", number = true, at_least = 1, about = "of the largest tries (default 4e6)"},
    {"tries", value = "N", integer = true, at_least = 1, about = "how many cases to try at most"},
    {"max_faults", value = "N", integer = true, at_least = 1, about = "end when so many are known"},
    {"xfail", value = "FILE", about = "failures that are expected of this subject (specs/xfail.md): these are passed over"},
    {"yaml", value = "FILE", about = "write a case file of what failed, shrunk"},
    {"json", about = "print a line of JSON for each fault, and one at the end"},
  }),
  more = "Exit status: 0 nothing failed, 1 something did, 2 usage, 3 the harness failed, 4 nothing could be judged.",
}

local got = options.read(command)
local thousands = output.thousands
for _, folder in ipairs(got) do
  if not cts.exists(folder .. "/corpus") and not cts.exists(folder .. "/faults.jsonl") then
    cts.fail(2, ("hunt: %s: no hunt has left a corpus there"):format(folder))
  end
end
if got.yaml then output.ready(got.yaml) end
local tested = options.open_subject(command, got, got.xfail)
local seed = got.seed or math.random(1, 999999)

local function as_json(fault)
  return json.encode {number = fault.number, verdict = fault.verdict, clause = fault.clause, case = fault.id, shrunk = fault.shrunk,
    says = fault.says, words = fault.words}
end

local function print_fault(fault)
  local function field(key, text) print(summary.field {key, text}) end
  print(("found %d: %s"):format(fault.number, fault.verdict))
  field("case", fault.id)
  field("shrunk", fault.shrunk)
  if fault.clause then field("clause", fault.clause) end
  if fault.words ~= "" then field("says", escape.line(fault.words)) end
  if fault.says then field("it behaves", fault.says) end
  field("repro", ("%s repro %s '%s'"):format(escape.shell(cts.program), tested.invocation, fault.shrunk))
  print()
end

local function yaml_of(list)
  local lines = {("about: \"What a hunt found in %s.\""):format(escape.yaml(tested.name)), "clauses: [FWD-1]", "cases:"}
  for i, fault in ipairs(list) do
    lines[#lines + 1] = "  - " .. reproduce.yaml_line(case.parse(fault.shrunk), "found-" .. i)
  end
  return table.concat(lines, "\n") .. "\n"
end

if not got.json then
  print(("%s %s, seed %d"):format(tested.name, tested.version, seed))
end
local h = hunt.run(tested, {
  seed = seed, seconds = got.seconds or 600, most = got.products or 4e6, enough = got.max_faults or math.huge,
  tries = got.tries or math.huge,
  folder = got.corpus, others = got,
  found = function(fault)
    if got.json then print(as_json(fault)) else print_fault(fault) end
    io.stdout:flush()
  end,
  mended = function(fault)
    if not got.json then print(("no longer: %s on %s"):format(fault.verdict, fault.shrunk)) end
  end,
  progress = function(now) cts.progress(now.tries, nil, #now.faults.list) end,
})
local list = h.faults.list
if got.yaml and #list > 0 then output.write(got.yaml, yaml_of(list)) end
if got.json then
  print(json.encode {seed = seed, tries = h.tries, judged = h.judged, failures = h.failures, expected = h.expected, faults = #list,
    mended = h.mended, corpus = #h.points, edges = h.edges, seconds = h.seconds})
else
  local expected = got.xfail and (", %s as expected"):format(thousands(h.expected)) or ""
  print(("%s tries in %.0f s, %s judged, %s failed%s; %d %s"):format(thousands(h.tries), h.seconds, thousands(h.judged),
    thousands(h.failures), expected, #list, #list == 1 and "fault" or "faults"))
  local guide = h.edges > 0 and ("%s edges of the subject's code"):format(thousands(h.edges))
    or ("%d sizes at which it switches"):format(#h.learnt)
  print(("%d cases in which something was new; guided by %s"):format(#h.points, guide))
end
if h.judged == 0 then return 4 end
return #list > 0 and 1 or 0
