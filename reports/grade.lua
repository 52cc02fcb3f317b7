-- grade.lua: the grade of accuracy: the root mean square of the errors on float32 and data as they occur.

local params = require "reports.params"

local grade = {}

local grades = {{0.25, "A"}, {1, "B"}, {math.huge, "C"}}

--- "A" of an error in units u*S; "-" of none.
function grade.of(error)
  if not error then return "-" end
  for _, g in ipairs(grades) do
    if error <= g[1] then return g[2] end
  end
  return "C"
end

--- Whether the errors of a case say something about accuracy in general.
function grade.is_typical(id)
  local values = params.read(id)
  local data = params.text(values, "data") or ""
  return params.text(values, "dtype") == "float32" and params.text(values, "dir") == "forward" and data:find("^%l+/?%d*$") ~= nil
    and (data:find("^uniform") or data:find("^normal")) ~= nil
end

--- Verdicts of a call that gave numbers: how far off they are counts whether or not they are right.
grade.measures = {["pass"] = true, ["wrong value"] = true, ["inaccurate"] = true, ["overstated"] = true}

return grade
