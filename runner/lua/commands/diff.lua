-- diff: what changed from one result log to another.

local options = require "cli.options"
local compare = require "reports.compare"
local log = require "reports.log"
local output = require "text.output"

local command = {
  name = "diff",
  arguments = {0, math.huge, "a result log"},
  usage = "[OPTION ...] BASE NEW",
  about = "Compares two result logs case by case: newly failing, passing or skipped, and less accurate.\n"
    .. "The logs of all shards of a run stand for its log. Of different selections of cases, what both have is compared.",
  options = {
    {"html", value = "FILE", about = "write the comparison as a page"},
    {"factor", value = "F", number = true, at_least = 1,
      about = "an error that grew more than F times is less accurate (default 2)"},
    {"max_changes", value = "N", integer = true, about = "how many to print of each kind (default 20; 0: all)"},
  },
  more = "Exit status: 0 nothing has become worse, 1 something has, 2 a log can't be read, 3 a log is incomplete.",
}

local function print_kind(kind, list, limit)
  print(("%s: %s"):format(kind.words, output.thousands(#list)))
  for i, c in ipairs(list) do
    if limit > 0 and i > limit then
      print(("  (and %d more; --max-changes 0 prints all)"):format(#list - limit))
      break
    end
    local before, after = compare.describe(c)
    print(("  %s\n    %s -> %s"):format(compare.label(c.case), before, after))
  end
  print()
end

-- Orders of summation, where both runs had --twin. No order is wrong: a change does not fail the comparison.
local function print_orders(orders, limit)
  if orders.same + #orders.changed == 0 then return end
  print(("%s results are summed in the same order"):format(output.thousands(orders.same)))
  if #orders.changed > 0 then print(("changed order: %s"):format(output.thousands(#orders.changed))) end
  for i, c in ipairs(orders.changed) do
    if limit > 0 and i > limit then
      print(("  (and %d more; --max-changes 0 prints all)"):format(#orders.changed - limit))
      break
    end
    local now = c.new == c.base and "another tree of the same description" or c.new
    print(("  %s of %s\n    %s\n    -> %s"):format(c.result, c.case, c.base, now))
  end
  print()
end

local got = options.read(command)
local logs = log.together(got)
if #logs ~= 2 then cts.fail(2, "diff: two result logs are expected (conv2d-cts diff --help)") end

local result = compare.read(logs[1], logs[2], got.factor or 2)
for _, kind in ipairs(compare.kinds) do
  local list = result.changes[kind.name]
  if #list > 0 and compare.counts(result, kind) then print_kind(kind, list, got.max_changes or 20) end
end
print_orders(result.orders, got.max_changes or 20)
if got.html then output.write(got.html, require("reports.compare_html").page(result)) end

if compare.parts(result) then print(compare.parts(result)) end
if compare.suites(result) then print(compare.suites(result)) end
local good = compare.is_good(result)
print(("%s -> %s: %s; %s cases are as they were"):format(compare.title(result.base), compare.title(result.new),
  good and "nothing has become worse" or "something has become worse", output.thousands(result.same)))
if not log.check_complete {result.base, result.new} then return 3 end
return good and 0 or 1
