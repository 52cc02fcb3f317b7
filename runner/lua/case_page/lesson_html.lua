-- lesson_html.lua: a case as a page, with a window that moves over the padded input.

local lesson = require "case_page.lesson"
local lesson_markdown = require "case_page.lesson_markdown"
local prose = require "text.prose"
local template = require "text.template"
local texts = require "text.escape"

local lesson_html = {}

local CELL, MOST_PLANES, MOST_CELLS = 34, 6, 40
local escape = prose.escape

-- ---- the picture

local function cell(g, input, h, w)
  local kind = lesson.kind(g, h, w)
  local x, y = (w - g.columns.from) * CELL, (h - g.rows.from) * CELL
  local value = lesson.value(g, input, h, w)
  local text = kind == "padding" and g.mode == "zeros" and "" or lesson.number(value)
  return ('<g class="%s"><rect x="%d" y="%d" width="%d" height="%d"/><text x="%d" y="%d">%s</text></g>'):format(
    kind, x, y, CELL, CELL, x + CELL // 2, y + CELL // 2 + 4, #text <= 5 and text or "")
end

local function tap(g, r, s)
  local x = (g.columns.first - g.columns.from + s * g.columns.dilation) * CELL
  local y = (g.rows.first - g.rows.from + r * g.rows.dilation) * CELL
  return ('<rect x="%d" y="%d" width="%d" height="%d" rx="3"/>'):format(x + 2, y + 2, CELL - 4, CELL - 4)
end

local function picture(g, input)
  local parts = {}
  for h = g.rows.from, g.rows.to do
    for w = g.columns.from, g.columns.to do parts[#parts + 1] = cell(g, input, h, w) end
  end
  parts[#parts + 1] = '<g id="window" class="taps">'
  for r = 0, g.rows.kernel - 1 do
    for s = 0, g.columns.kernel - 1 do parts[#parts + 1] = tap(g, r, s) end
  end
  local width, height = (g.columns.to - g.columns.from + 1) * CELL, (g.rows.to - g.rows.from + 1) * CELL
  return ([[<svg class="geometry" width="%d" height="%d" viewBox="-2 -2 %d %d" role="img"
aria-label="The first plane of the input with its padding, and the taps of the window">%s</g></svg>]]):format(
    width + 4, height + 4, width + 4, height + 4, table.concat(parts))
end

-- A factor, in parentheses where a sign would follow an operator.
local function factor(v)
  local text = lesson.number(v):gsub("%-", "−")
  return v < 0 and "(" .. text .. ")" or text
end

local function sum_html(sum)
  local parts = {}
  for _, t in ipairs(sum.terms) do
    if not t.padding then
      parts[#parts + 1] = ('<span class="term">%s·%s</span>'):format(factor(t[1]), factor(t[2]))
    end
  end
  if sum.bias then parts[#parts + 1] = factor(sum.bias) .. " <small>bias</small>" end
  if #parts == 0 then parts[1] = "<small>no tap lies on the input</small>" end
  return ('<p class="sum" data-i="%d" data-j="%d"><code>output[…, %d, %d]</code> = %s = <strong>%s</strong></p>'):format(
    sum.i, sum.j, sum.i, sum.j, table.concat(parts, " + "), lesson.number(sum.want))
end

-- The sums of all windows, if they are few. The script shows the sum of the chosen window.
local function sums(c, g, tensors)
  local parts = {}
  if g.rows.outputs * g.columns.outputs > 400 then
    local sum = lesson.sum(c, g, tensors, 0, 0)
    return sum and sum_html(sum) or ""
  end
  for i = 0, g.rows.outputs - 1 do
    for j = 0, g.columns.outputs - 1 do
      local sum = lesson.sum(c, g, tensors, i, j)
      parts[#parts + 1] = sum and sum_html(sum)
    end
  end
  return table.concat(parts, "\n")
end

-- Negative padding leaves a part of the input out.
local function has_cropped(g)
  return g.rows.first > 0 or g.columns.first > 0 or g.rows.last < g.rows.n - 1 or g.columns.last < g.columns.n - 1
end

local function geometry_section(c, g, tensors)
  local sentences = {}
  for i, s in ipairs(lesson.describe(c, g)) do sentences[i] = "<li>" .. escape(s) .. "</li>" end
  return ([[<section><h2>The window</h2><ul>%s</ul>
<form class="controls" id="move" data-cell="%d" data-stride-rows="%d" data-stride-columns="%d">
<label>output row <input type="range" name="i" min="0" max="%d" value="0"></label>
<label>output column <input type="range" name="j" min="0" max="%d" value="0"></label>
<output class="hint" aria-live="polite"></output>
</form><div class="wide" tabindex="0" role="region" aria-label="The window over the padded input">%s</div>
<p class="hint key"><span class="input">input</span> <span class="padding">padding%s</span>
<span class="taps">taps of the window</span>%s%s</p>%s</section>]]):format(table.concat(sentences), CELL, g.rows.stride, g.columns.stride,
    g.rows.outputs - 1, g.columns.outputs - 1, picture(g, tensors.input or {}),
    g.mode ~= "zeros" and ", with the value it stands for" or "", has_cropped(g) and ' <span class="cropped">cropped</span>' or "",
    c.in_channels > 1 and " Drawn is the first channel; the sum goes over all of its group." or "",
    sums(c, g, tensors))
end

-- ---- tensors

local function plane_html(title, rows, columns, at)
  local lines = {}
  for r = 0, math.min(rows, MOST_CELLS) - 1 do
    local line = {}
    for s = 0, math.min(columns, MOST_CELLS) - 1 do line[#line + 1] = "<td>" .. lesson.number(at(r, s)) .. "</td>" end
    lines[#lines + 1] = "<tr>" .. table.concat(line) .. "</tr>"
  end
  return ('<table class="numbers"><caption>%s</caption>%s</table>'):format(title, table.concat(lines))
end

local function tensor_html(item, name)
  local parts = {}
  local planes = lesson.planes(item.tensor, MOST_PLANES, function(...) parts[#parts + 1] = plane_html(...) end)
  local more = planes > MOST_PLANES and ("<p class=\"hint\">%d more planes</p>"):format(planes - MOST_PLANES) or ""
  return ([[<details class="tensor" %s><summary><strong>%s</strong> %s</summary>
<div class="pictures" tabindex="0" role="group" aria-label="%s">%s</div>%s</details>]]):format(name == "wanted" and "open" or "",
    item.title, escape(tostring(item.tensor)), item.title, table.concat(parts), more)
end

local function tensors_section(title, list, name)
  if #list == 0 then return "" end
  local parts = {}
  for i, item in ipairs(list) do parts[i] = tensor_html(item, name) end
  return ("<section><h2>%s</h2>%s</section>"):format(title, table.concat(parts))
end

-- ---- the page

local function clauses_section(c, x)
  local _, clauses = prose.clauses()
  local parts = {}
  for _, id in ipairs(lesson_markdown.cited(c, x)) do
    local clause = clauses[id]
    parts[#parts + 1] = ('<article class="card" id="clause-%s"><h3>%s: %s</h3>%s<p class="hint">specs/%s</p></article>'):format(
      id, id, prose.inline(clause.title), prose.html(clause.text), clause.file)
  end
  return #parts > 0 and "<section><h2>Clauses</h2>" .. table.concat(parts) .. "</section>" or ""
end

-- The task; for an invalid call also the clause that it breaks.
local function task(c, x)
  local words = escape(lesson.task(c, x))
  if x.status == "ok" then return words end
  local _, clauses = prose.clauses()
  return ('%s It breaks <a href="#clause-%s">%s</a>: %s.'):format(words, x.clause, x.clause, prose.inline(clauses[x.clause].title))
end

local function link(text)
  local url = texts.url(text)
  return url and ('<a href="%s" rel="noreferrer">%s</a>'):format(escape(url), escape(url)) or escape(text)
end

--- The page of a case.
function lesson_html.page(c)
  local x, tensors = c:expect(), c:tensors()
  local g = lesson.geometry(c, x)
  local given, wanted = lesson.tensors(tensors)
  return template.fill("runner/lua/case_page/case.html", {
    title = escape("conv2d-cts: " .. c.label), label = escape(c.label),
    call = escape(lesson.call(c)), id = prose.breakable(c.id), task = task(c, x), kind = x.status == "ok" and "passed" or "broken",
    place = c.file and ("cases/%s, line %d"):format(escape(c.file), c.line) or "a case by its id",
    link = c.link and ("<p>Seen in the wild: %s</p>"):format(link(c.link)) or "",
    geometry = g and geometry_section(c, g, tensors) or "",
    wanted = tensors_section("The right answer", wanted, "wanted"), given = tensors_section("Data", given, "given"),
    clauses = clauses_section(c, x),
  })
end

return lesson_html
