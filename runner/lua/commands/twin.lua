-- twin: how much of an implementation's answers its own order of additions predicts, to the last bit.

local options = require "cli.options"
local sweep = require "reveal.sweep"

local command = {
  name = "twin",
  arguments = {0, math.huge, "a case or a case file"},
  usage = "--impl FILE.so [OPTION ...] [CASE | FILE.yaml | FOLDER ...]",
  about = "Reveals in which order an implementation adds, shape by shape, and predicts its answers to the cases whose sums\n"
    .. "depend on that order, bit for bit. Says which are not predicted, and why.",
  options = options.join(options.subject, options.selection, {
    {"seconds", value = "SECONDS", number = true, above = 0, about = "stop after so long"},
    {"max_failures", value = "N", integer = true, about = "how many cases to name of each kind (default 10; 0: all)"},
    {"json", about = "print one line of JSON"},
  }),
  more = "Exit status: 0 nothing is unlike the implementation's own order, 1 some elements are, 2 usage, 3 the harness\n"
    .. "failed, 4 nothing could be predicted.",
}

local function as_json(tested, total)
  local groups, odd, unpredicted = {}, {}, {}
  for i, g in ipairs(total.groups) do groups[i] = g end
  for i, o in ipairs(total.odd) do odd[i] = {case = o.case.id, says = o.says} end
  for i, u in ipairs(total.unpredicted) do
    unpredicted[i] = {case = u.case.id, result = u.result, kind = u.kind, why = u.why, elements = u.elements}
  end
  return json.encode {subject = tested.name, version = tested.version, results = total.cases, elements = total.elements,
    predicted = total.predicted, groups = json.list(groups), odd = json.list(odd), unpredicted = json.list(unpredicted),
    wrong = #total.wrong, ended = total.ended}
end

local got = options.read(command)

-- The cases that are named, and those of the files: as a suite gives them.
local function cases_of(words)
  local named, files = {}, {}
  for _, word in ipairs(words) do
    if options.names_case(word) then named[#named + 1] = options.find_case(command, word) else files[#files + 1] = word end
  end
  if #named == 0 then return options.load_suite(command, words) end
  local rest = #files > 0 and options.load_suite(command, options.with_arguments(words, files)):cases() or function() end
  local i = 0
  return {cases = function()
    return function()
      i = i + 1
      return named[i] or rest()
    end
  end}
end

local cases = cases_of(got)
local tested = options.open_subject(command, got)
local progress = cts.isatty("stderr") and not got.json
local total = sweep.run(tested, cases, {seconds = got.seconds, progress = progress and function(n)
  if n % 20 == 0 then io.stderr:write(("\r%d cases"):format(n)) end
end})
if progress then io.stderr:write "\r            \r" end
if got.json then
  print(as_json(tested, total))
else
  print(("%s %s"):format(tested.name, tested.version))
  for _, line in ipairs(sweep.lines(total, got.max_failures or 10)) do print(line) end
end
if #total.odd > 0 then return 1 end
return total.predicted == 0 and 4 or 0
