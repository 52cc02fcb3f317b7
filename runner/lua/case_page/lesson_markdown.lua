-- lesson_markdown.lua: a case as a page of Markdown.

local lesson = require "case_page.lesson"
local prose = require "text.prose"
local escape = require "text.escape"

local lesson_markdown = {}

local MOST_PLANES, MOST_COLUMNS = 4, 24

local function is_tap(axis, at, i)
  local r = at - axis.first - i * axis.stride
  return r >= 0 and r % axis.dilation == 0 and r // axis.dilation < axis.kernel
end

local marks = {input = "o", padding = ".", cropped = "x"}

-- Input, padding and taps, a letter each.
local function picture(g)
  local lines = {}
  for h = g.rows.from, g.rows.to do
    local line = {}
    for w = g.columns.from, g.columns.to do
      local mark = marks[lesson.kind(g, h, w)]
      if is_tap(g.rows, h, 0) and is_tap(g.columns, w, 0) then mark = mark == "o" and "#" or "+" end
      line[#line + 1] = mark
    end
    lines[#lines + 1] = table.concat(line, " ")
  end
  return "```\n" .. table.concat(lines, "\n") .. "\n```\n\n"
    .. "`o` input, `.` padding; the first window's taps: `#` on the input, `+` on padding"
end

local function sum_text(sum)
  local parts = {}
  for _, t in ipairs(sum.terms) do
    if not t.padding then parts[#parts + 1] = ("%s·%s"):format(lesson.number(t[1]), lesson.number(t[2])) end
  end
  if sum.bias then parts[#parts + 1] = lesson.number(sum.bias) .. " (bias)" end
  if #parts == 0 then parts[1] = "nothing" end
  return ("`output[..., %d, %d]` = %s = **%s**"):format(sum.i, sum.j, table.concat(parts, " + "), lesson.number(sum.want))
end

local function tensor_text(item)
  local parts = {("#### %s, %s"):format(item.title, tostring(item.tensor))}
  local planes = lesson.planes(item.tensor, MOST_PLANES, function(title, rows, columns, at)
    local lines = {}
    for r = 0, math.min(rows, MOST_COLUMNS) - 1 do
      local line = {}
      for s = 0, math.min(columns, MOST_COLUMNS) - 1 do line[#line + 1] = ("%8s"):format(" " .. lesson.number(at(r, s))) end
      lines[#lines + 1] = table.concat(line)
    end
    parts[#parts + 1] = (title ~= "" and title .. "\n" or "") .. "```\n" .. table.concat(lines, "\n") .. "\n```"
  end)
  if planes > MOST_PLANES then parts[#parts + 1] = ("(%d more planes)"):format(planes - MOST_PLANES) end
  return table.concat(parts, "\n\n")
end

--- The page of a case.
function lesson_markdown.page(c)
  local x, tensors = c:expect(), c:tensors()
  local _, clauses = prose.clauses()
  local g = lesson.geometry(c, x)
  local breach = x.status ~= "ok" and clauses[x.clause]
  local parts = {"# " .. c.label, "```python\n" .. lesson.call(c) .. "\n```", "`" .. c.id .. "`", lesson.task(c, x)}
  if breach then parts[#parts + 1] = ("It breaks %s: %s."):format(breach.id, breach.title) end
  if g then
    parts[#parts + 1] = "## Geometry"
    parts[#parts + 1] = table.concat(lesson.describe(c, g), " ")
    parts[#parts + 1] = picture(g)
    local sum = lesson.sum(c, g, tensors, 0, 0)
    if sum then parts[#parts + 1] = sum_text(sum) end
  end
  local given, wanted = lesson.tensors(tensors)
  if #wanted > 0 then parts[#parts + 1] = "## The right answer" end
  for _, item in ipairs(wanted) do parts[#parts + 1] = tensor_text(item) end
  if #given > 0 then parts[#parts + 1] = "## Data" end
  for _, item in ipairs(given) do parts[#parts + 1] = tensor_text(item) end
  local cited = lesson_markdown.cited(c, x)
  if #cited > 0 then parts[#parts + 1] = "## Clauses" end
  for _, id in ipairs(cited) do
    local clause = clauses[id]
    parts[#parts + 1] = ("### %s: %s\n\n%s"):format(id, clause.title, clause.text:gsub("^%s+", ""):gsub("%s+$", ""))
  end
  if c.link then parts[#parts + 1] = "Seen in the wild: " .. (escape.url(c.link) or escape.markdown(c.link)) end
  return table.concat(parts, "\n\n") .. "\n"
end

--- The clauses that a page explains: those of the case, and the one that decides it.
function lesson_markdown.cited(c, x)
  local list, seen = {}, {}
  local function add(id)
    if id and not seen[id] then
      seen[id] = true
      list[#list + 1] = id
    end
  end
  add(x.clause)
  for _, id in ipairs(c.file and c.clauses or {}) do add(id) end
  return list
end

return lesson_markdown
