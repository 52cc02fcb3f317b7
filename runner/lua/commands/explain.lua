-- explain: says why an implementation's answer is wrong, or at least where.

local after = require "explain.after"
local backtrace = require "text.backtrace"
local explain = require "explain.explain"
local heap = require "explain.heap"
local options = require "cli.options"
local patience = require "explain.patience"
local races = require "explain.races"
local shared = require "explain.shared"
local wrongmap = require "explain.wrongmap"

local command = {
  name = "explain",
  arguments = {0, 64, "cases"},
  usage = "--impl FILE.so [EARLIER CASES] ID | FILE.yaml#NAME",
  about = "Says which mistake makes an implementation fail a case: what it behaves as if, and how sure that is.\n"
    .. "With cases before it, as a line `repro` has them for what is 'wrong after others': what of them is used again.",
  options = options.join(options.subject, {
    {"svg", value = "FILE", about = "write a map of the errors as a picture"},
    {"seconds", value = "N", number = true, above = 0, about = "how long to search (default 20)"},
    {"json", about = "print the finding as one line of JSON"},
  }),
  more = "Exit status: 0 explained or nothing to explain, 1 not explained, 2 usage, 3 the harness failed.",
}

local sentences = {
  right = "The answer to this case is right: there is nothing to explain.\n"
    .. "If a run called it 'wrong after others', give the earlier calls too, as its line `repro` does.",
  silent = "There is no answer to explain.",
  random = "Fresh parameters are random: no mistake predicts their values, and their distribution is judged as above.",
  numeric = "On integers of the same shape the answer is right: the right elements are multiplied, but the arithmetic "
    .. "is off. conv2d-cts probe finds accumulator, rounding and special values.",
  gradients = "The forward pass of this case is right; the gradients are not. Where they are wrong:",
  heap = heap.words,
  late = "The search has taken its time and found nothing; --seconds gives it more.",
  unknown = "No mistake of the list, alone, under a condition or two together, predicts the answers. Where it is wrong:",
}

-- "grad_weight and grad_input"
local function listed(names) return table.concat(names, " and ") end

local function print_explained(found, begin)
  print(("%s %s %s%s:"):format(begin, found.gradients and "computes " .. listed(found.gradients) or "behaves",
    explain.words(found)))
  print(("%d of %d telling cases agree%s."):format(found.agree, found.telling,
    found.unmade > 0 and (", and %d where the condition does not hold are right"):format(found.unmade) or ""))
  if found.next and found.next.of > 0 then
    print(("The next best hypothesis%s: %d of %d."):format(
      found.next.mistake and " (" .. found.next.mistake.text .. ")" or "", found.next.agree, found.next.of))
  end
end

-- Prints the finding. Gradients may be wrong in different ways, so there may be more findings on others.
local function print_findings(found)
  print_explained(found, "Your implementation")
  for _, other in ipairs(found.others or {}) do
    if other.mistakes then
      print_explained(other, "It also")
    else
      print(("%s is wrong too, and no mistake of the list predicts it."):format(listed(other.gradients)))
    end
  end
end

-- "It crashes": what the calls that share a condition do, by their verdict.
local does = {crash = "It crashes", rejected = "It rejects calls", ["gave up"] = "It gives up"}

-- What is known of a fault beside its mistake.
local function print_traits(found)
  if found.contents then print(("All wrong elements of %s %s."):format(found.contents.name, found.contents.text)) end
  if found.shared then
    local verdict = found.result.verdict
    print(shared.say(found.shared, does[verdict] or ("The verdict is '%s'"):format(verdict)))
  end
end

local function as_json(found)
  local names = {}
  for i, h in ipairs(found.mistakes or {}) do names[i] = h.name end
  return json.encode {
    kind = found.kind, case = found.case.id, mistakes = json.list(names), condition = found.condition,
    gradients = found.gradients, contents = found.contents and found.contents.kind,
    shared = found.shared and (found.shared.text or "always"),
    agree = found.agree or 0, telling = found.telling or 0,
    earlier = found.from and found.from.id, uses = found.names and json.list(found.names),
  }
end

local got = options.read(command)
local c = options.find_case(command, got[#got] or got[1])
local earlier = {}
for i = 1, #got - 1 do earlier[i] = options.find_case(command, got[i]) end
local tested = options.open_subject(command, got)
-- What depends on the memory that malloc gives explains answers that vary, and those that no mistake predicts.
local began = cts.now()
local unsettled = {unknown = true, numeric = true, right = true}
local function heap_or(found)
  if found.mistakes or got.heap_fill or not (unsettled[found.kind] or found.kind == "race" and not found.single) then return found end
  local function open(fill) return options.open_subject(command, options.with(got, "heap_fill", fill)) end
  return heap.search(open, c, (got.seconds or heap.SECONDS) - (cts.now() - began)) or found
end

local found = #earlier > 0 and after.search(tested, earlier, c)
if not found or found.result.verdict ~= "wrong after others" then
  local several = (got.subject_threads or 1) > 1
  got.subject_threads = 1
  local single = several and options.open_subject(command, got)
  local function left() return math.max((got.seconds or heap.SECONDS) - (cts.now() - began), 0.1) end
  patience.doing = "explaining"
  local race = races.search(tested, single, c, left())
  found = heap_or(race or explain.search(tested, c, left()))
end
if got.json then
  print(as_json(found))
else
  print(("%s %s on %s: %s"):format(tested.name, tested.version, c.reference, found.result.verdict))
  if found.case.id ~= c.id then print("  asked on " .. found.case.id) end
  if found.kind ~= "explained" and found.result.verdict ~= "wrong value" and found.result.words ~= "" then
    print("  " .. found.result.words)
  end
  if found.kind == "explained" then
    print_findings(found)
  else
    print(found.kind == "after" and after.say(found) or found.kind == "race" and races.say(found) or sentences[found.kind])
    print_traits(found)
  end
end
if not got.json then backtrace.print(found.result, got.impl) end
local wrong = wrongmap.of(found.result)
local told = found.kind == "explained" and not found.mistakes[1].place
if wrong and not got.json and not told then wrongmap.print(wrong) end
if wrong and got.svg then wrongmap.write_svg(wrong, got.svg) end
return (found.kind == "explained" or found.kind == "heap" or found.kind == "right" or found.from) and 0 or 1
