-- grade.lua: the grade of accuracy: the root mean square of the errors on float32 and data as they occur.

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

--- Whether the errors of a case say something about accuracy in general. c: its dtype, direction, and data as its id has it.
function grade.is_typical(c)
  return c.dtype == "float32" and c.direction == "forward" and c.data:find("^%l+/?%d*$")
    and (c.data:find("^uniform") or c.data:find("^normal")) ~= nil
end

--- Verdicts of a call that gave numbers: how far off they are counts whether or not they are right.
grade.measures = {["pass"] = true, ["wrong value"] = true, ["inaccurate"] = true}

return grade
