-- repro: runs one case and shows all of it: what went in, what was wanted, what came out.
-- Several cases are run one after the other in one process, and the last of them is shown.

local backtrace = require "text.backtrace"
local complex = require "text.complex"
local options = require "cli.options"
local picture = require "case_page.picture"
local summary = require "cli.summary"

local command = {
  name = "repro",
  arguments = {0, 64, "cases"},
  usage = "--impl FILE.so [EARLIER CASES] ID | FILE.yaml#NAME",
  about = "Runs one case on an implementation and shows what went in, what is right, and what came out.\n"
    .. "Earlier cases run first, in the same process, to reproduce the verdict 'wrong after others'.",
  options = options.join(options.subject, {
    {"values", about = "print every value, however many"},
    {"quiet", about = "print the verdict only"},
  }),
}

local OUTPUTS = {"output", "grad_input", "grad_weight", "grad_bias"}

local function is_finite(v) return v == v and math.abs(v) < math.huge end

-- The elements that differ from the right answer (-0 equals 0, NaN equals NaN), by index: true where an element is wrong,
-- false where it is within what rounding may do. And how many are which.
local function differing(got, truth, exact)
  local marks, wrong, near = {}, 0, 0
  local want, bound = truth.want, not exact and oracle.bound(truth.want, truth)
  for i = 1, #want do
    local g, w = got[i], want[i]
    if g ~= w and (g == g or w == w) then
      marks[i] = not (bound and is_finite(g) and is_finite(w) and math.abs(g - truth.exact[i]) <= bound[i])
      if marks[i] then wrong = wrong + 1 else near = near + 1 end
    end
  end
  return {marks = marks, wrong = wrong, near = near}
end

-- Of each tensor of the answer. A subject's claims may allow more than the bound of plain sums: where the count is not the
-- judge's, nothing is said to be within it.
local function compare(result, tensors, exact)
  local found, wrong = {}, 0
  for _, name in ipairs(OUTPUTS) do
    local truth, got = tensors[name], result.tensors[name]
    if truth and got then
      found[name] = differing(got, truth, exact)
      wrong = wrong + found[name].wrong
    end
  end
  return found, wrong == (result.mismatches or 0)
end

local function print_output(name, got, want, d, is_judged, settings)
  picture.print(name .. ", right", want, settings)
  if d.wrong + d.near == 0 then
    print(("\n%s, got: the same, bit for bit"):format(name))
    return
  end
  local title = is_judged and "* is wrong" or "* differs"
  local within = ("%d %s within what is allowed"):format(d.near, d.near == 1 and "differs" or "differ")
  local note = is_judged and d.near > 0 and "; " .. within or ""
  local shown, parts = {}, complex.parts(want)
  for i, wrong in pairs(d.marks) do
    local element = (i - 1) // parts + 1
    shown[element] = shown[element] or wrong or not is_judged or nil
  end
  if d.wrong == 0 and is_judged then title, note = "none is wrong, " .. within, "" end
  picture.print(("%s, got (%s%s)"):format(name, title, note), got, {all = settings.all, mark = function(i) return shown[i] end})
  if next(shown) and #want <= 4096 then
    picture.print_map(("%s: where it %s, %d of %d"):format(name, is_judged and "is wrong" or "differs",
      is_judged and d.wrong or d.wrong + d.near, #want) .. (parts > 1 and " numbers" or ""), shown, want)
  end
end

local got = options.read(command)
local c = options.find_case(command, got[#got] or got[1])
local earlier = {}
for i = 1, #got - 1 do earlier[i] = options.find_case(command, got[i]) end
local tested = options.open_subject(command, got)
for _, e in ipairs(earlier) do tested:test(e) end
local result = tested:test(c)
if not got.quiet then
  local tensors, exact = c:tensors()
  local settings = {all = got.values}
  for _, name in ipairs {"input", "weight", "bias", "grad_output"} do
    if tensors[name] then picture.print(name, tensors[name], settings) end
  end
  local found, is_judged = compare(result, tensors, exact)
  if result.verdict == "wrong shape" then
    local right = c:expect().output_shape
    if tensors.output then picture.print("output, right", tensors.output.want, settings) end
    if not tensors.output and right then print(("output, right: of shape [%s]"):format(table.concat(right, ", "))) end
    print(("\noutput, got: none, as its shape would be [%s]"):format(table.concat(result.output_shape or {}, ", ")))
    found = {}
  end
  for _, name in ipairs(OUTPUTS) do
    if found[name] then print_output(name, result.tensors[name], tensors[name].want, found[name], is_judged, settings) end
  end
  print()
end
print(("%s %s: %s"):format(tested.name, tested.version, result.verdict))
for _, field in ipairs(result.fields) do -- the line `repro` would name the last case alone
  if field[1] == "repro" then backtrace.print(result, got.impl) end
  if field[1] ~= "repro" or #earlier == 0 then print(summary.field(field)) end
end
return result.class == "passed" and 0 or result.class == "skipped" and 4 or result.class == "broken" and 2 or 1
