-- repro: runs one case and shows all of it: what went in, what was wanted, what came out.
-- Several cases are run one after the other in one process, and the last of them is shown.

local options = require "cli.options"
local picture = require "case_page.picture"

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

-- Elements that differ, by index; -0 equals 0 and NaN equals NaN.
local function differing(got, want)
  local wrong, count = {}, 0
  for i = 1, #want do
    local g, w = got[i], want[i]
    if g ~= w and not (g ~= g and w ~= w) then
      wrong[i] = true
      count = count + 1
    end
  end
  return wrong, count
end

local function print_output(name, got, want, settings)
  local wrong, count = differing(got, want)
  picture.print(name .. ", right", want, settings)
  if count == 0 then
    print(("\n%s, got: the same, bit for bit"):format(name))
    return
  end
  picture.print(name .. ", got (* differs)", got, {all = settings.all, mark = function(i) return wrong[i] end})
  if #want <= 4096 then
    picture.print_map(("%s: where it differs, %d of %d"):format(name, count, #want), wrong, want)
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
  local tensors, settings = c:tensors(), {all = got.values}
  for _, name in ipairs {"input", "weight", "bias", "grad_output"} do
    if tensors[name] then picture.print(name, tensors[name], settings) end
  end
  for _, name in ipairs {"output", "grad_input", "grad_weight", "grad_bias"} do
    if tensors[name] and result.tensors[name] then
      print_output(name, result.tensors[name], tensors[name].want, settings)
    end
  end
  print()
end
print(("%s %s: %s"):format(tested.name, tested.version, result.verdict))
for _, field in ipairs(result.fields) do print(("  %-11s %s"):format(field[1], field[2])) end
return result.class == "passed" and 0 or result.class == "skipped" and 4 or result.class == "broken" and 2 or 1
