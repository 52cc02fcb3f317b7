-- compare_html.lua: a comparison as a page. Changes are few, so it is plain HTML without a script.

local compare = require "reports.compare"
local output = require "text.output"
local prose = require "text.prose"
local template = require "text.template"

local compare_html = {}

local MOST_ROWS = 5000
local escape = prose.escape

local function row(c)
  local before, after = compare.describe(c)
  local words = c.new and c.new.words and c.new.words ~= "" and '<br><span class="hint">' .. escape(c.new.words) .. "</span>" or ""
  return ('<tr><th scope="row" class="label">%s</th><td data-label="before">%s</td><td data-label="now">%s%s</td></tr>'):format(
    prose.breakable(compare.label(c.case)), escape(before), escape(after), words)
end

local function section(kind, list)
  local rows = {}
  for i = 1, math.min(#list, MOST_ROWS) do rows[i] = row(list[i]) end
  local rest = #list > MOST_ROWS and ("<p>and %d more</p>"):format(#list - MOST_ROWS) or ""
  return ([[<section id="%s"><details %s><summary><h2><span class="badge %s">%s</span> %s</h2></summary>
<div class="wide" tabindex="0" role="region" aria-label="%s"><table class="changes"><thead><tr>
<th scope="col">case</th><th scope="col">before</th><th scope="col">now</th></tr></thead>
<tbody>%s</tbody></table></div>%s</details></section>]]):format(kind.name,
    kind.name ~= "added" and "open" or "", kind.gates and "failed" or "passed", output.thousands(#list), kind.words, kind.words,
    table.concat(rows, "\n"), rest)
end

local function sections(result)
  local parts = {}
  for _, kind in ipairs(compare.kinds) do
    local list = result.changes[kind.name]
    if #list > 0 and compare.counts(result, kind) then parts[#parts + 1] = section(kind, list) end
  end
  if #parts == 0 then parts[1] = "<p class=\"good\">Nothing has changed.</p>" end
  return table.concat(parts, "\n")
end

-- "206 newly failing, 3 less accurate": what fails the comparison.
local function gates(result)
  local parts = {}
  for _, kind in ipairs(compare.kinds) do
    local n = #result.changes[kind.name]
    if kind.gates and n > 0 and compare.counts(result, kind) then parts[#parts + 1] = output.thousands(n) .. " " .. kind.words end
  end
  return table.concat(parts, ", ")
end

--- The page of a result of compare.read.
function compare_html.page(result)
  local good = compare.is_good(result)
  return template.fill("reports/page/compare.html", {
    title = "conv2d-cts diff",
    kind = good and "passed" or "failed", sign = good and "✓" or "✗",
    sentence = good and "nothing has become worse" or gates(result),
    base = escape(compare.title(result.base)), new = escape(compare.title(result.new)),
    suites = escape(compare.parts(result) or compare.suites(result) or ""), same = output.thousands(result.same),
    factor = ("%g"):format(result.factor), sections = sections(result),
  })
end

return compare_html
