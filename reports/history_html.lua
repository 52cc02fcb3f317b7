-- history_html.lua: a history as a page: plain HTML, nothing loaded, no script but for the colours.

local compare = require "reports.compare"
local log = require "reports.log"
local output = require "text.output"
local prose = require "text.prose"
local template = require "text.template"

local history_html = {}

local MOST_ROWS = 1000
local escape, thousands = prose.escape, output.thousands
local SIGN = {failed = "✗", passed = "✓", skipped = "–"}

local function date_of(run)
  local date = run.log.header.date:gsub("T", " "):gsub("Z$", "")
  return date ~= "" and date or run.path:match("[^/]*$")
end

local function heads(runs)
  local cells = {}
  for i, run in ipairs(runs) do
    cells[i] = ('<th scope="col" title="%s">%s<br><small>%s</small></th>'):format(escape(date_of(run)),
      escape(run.log.header.subject_version), escape(date_of(run):sub(1, 10)))
  end
  return table.concat(cells)
end

local function table_of(label, first, runs, rows)
  return ('<div class="wide" tabindex="0" role="region" aria-label="%s"><table class="matrix"><thead><tr><th scope="col">%s</th>%s'
    .. "</tr></thead><tbody>%s</tbody></table></div>"):format(label, first, heads(runs), table.concat(rows, "\n"))
end

local function section(id, title, hint, body)
  return ('<section id="%s"><h2>%s</h2><p class="hint">%s</p>%s</section>'):format(id, title, hint, body)
end

-- ---- runs

local function order_words(run)
  if run.orders_known == 0 then return "" end
  return run.orders_changed == 0 and "as before" or ("%s of %s changed"):format(thousands(run.orders_changed), thousands(run.orders_known))
end

local function run_row(run)
  local machine = run.log.header.machine
  local accuracy = run.rms and ("%s (%.3g)"):format(run.grade, run.rms) or "-"
  return ('<tr><th scope="row">%s</th><td>%s</td><td>%s</td><td><span class="badge %s">%s %s</span></td><td>%s</td><td>%s</td>'
    .. "<td>%s</td><td>%s%s</td></tr>"):format(escape(date_of(run)), escape(run.log.header.subject_version),
    escape(run.log.header.suite), run.failed > 0 and "failed" or "passed", run.failed > 0 and "✗" or "✓", thousands(run.failed),
    thousands(run.passed), accuracy, order_words(run), escape(machine and machine.processor or run.log.header.host),
    run.log.complete and "" or " (ended early)")
end

local function runs_table(runs)
  local rows = {}
  for i, run in ipairs(runs) do rows[#runs - i + 1] = run_row(run) end
  local names = {"date", "version", "suite", "failed", "passed", "accuracy", "order of summation", "machine"}
  for i, name in ipairs(names) do names[i] = ('<th scope="col">%s</th>'):format(name) end
  return ('<div class="wide" tabindex="0" role="region" aria-label="Runs"><table class="matrix"><thead><tr>%s</tr></thead><tbody>%s'
    .. "</tbody></table></div>"):format(table.concat(names), table.concat(rows, "\n"))
end

-- ---- clauses

local function clause_cell(n)
  if not n or n.passed + n.failed + n.skipped == 0 then return '<td class="none"></td>' end
  local kind = n.failed > 0 and "failed" or n.passed > 0 and "passed" or "skipped"
  return ('<td><span class="badge %s" title="%d failed, %d passed, %d skipped">%s %s</span></td>'):format(kind, n.failed, n.passed,
    n.skipped, SIGN[kind], thousands(n[kind]))
end

local function clauses_table(runs)
  local rows = {}
  for _, clause in ipairs(cts.clauses()) do
    local cells, known = {}, false
    for i, run in ipairs(runs) do
      cells[i], known = clause_cell(run.clauses[clause.id]), known or run.clauses[clause.id] ~= nil
    end
    if known then
      rows[#rows + 1] = ('<tr><th scope="row">%s <span class="title">%s</span></th>%s</tr>'):format(clause.id,
        escape(clause.title), table.concat(cells))
    end
  end
  return table_of("Clauses", "clause", runs, rows)
end

-- ---- cases

local function event_words(c, runs)
  local words = {}
  for i, e in ipairs(c.events) do
    local h = runs[e.run].log.header
    words[i] = e.what == "failing" and ("failing in %s, the first run that has it"):format(h.subject_version)
      or ("%s in %s"):format(e.what, h.subject_version)
  end
  return table.concat(words, ", ")
end

local function link_of(c)
  if not (c.link and c.link:find "^https?://[^%s<>\"'`\\]+$") then return c.link and " · " .. escape(c.link) or "" end
  return (' · <a href="%s" rel="noreferrer">%s</a>'):format(escape(c.link), escape(c.link))
end

local function case_row(c, runs)
  local cells = {}
  for i in ipairs(runs) do
    local state = c.states[i]
    cells[i] = state and ('<td><span class="badge %s" title="%s">%s</span></td>'):format(state, state, SIGN[state])
      or '<td class="none"></td>'
  end
  return ('<tr><th scope="row" class="label">%s<br><span class="hint">%s%s; %s%s</span></th>%s</tr>'):format(
    prose.breakable(compare.label(c.entry)), escape(c.verdict or ""), c.clause and " (" .. escape(c.clause) .. ")" or "",
    escape(event_words(c, runs)), link_of(c), table.concat(cells))
end

local function cases_table(label, list, runs)
  if #list == 0 then return '<p class="good">None.</p>' end
  local rows = {}
  for i = 1, math.min(#list, MOST_ROWS) do rows[i] = case_row(list[i], runs) end
  local rest = #list > MOST_ROWS and ("<p>and %s more</p>"):format(thousands(#list - MOST_ROWS)) or ""
  return table_of(label, "case", runs, rows) .. rest
end

local function choose(cases, fits)
  local list = {}
  for _, c in ipairs(cases) do if fits(c) then list[#list + 1] = c end end
  return list
end

-- Whether a case changed from one judged run to another.
local function has_changed(c)
  return #c.events > 1 or c.events[1] and c.events[1].what == "broke"
end

local function sentence(h)
  local last = h.runs[#h.runs]
  return ("%s %s, the last of %d runs: %s"):format(last.log.header.subject, last.log.header.subject_version, #h.runs,
    last.failed > 0 and thousands(last.failed) .. " cases fail" or not last.log.complete and log.why_incomplete(last.log)
      or last.passed > 0 and "no case fails" or "nothing was judged")
end

local SIGN_OF = {passed = "✓", failed = "✗", skipped = "–"}

-- The class that gives the last run its sign and colour.
local function kind_of(run)
  if run.failed > 0 then return "failed" end
  return run.log.complete and run.passed > 0 and "passed" or "skipped"
end

--- The page of a result of history.read.
function history_html.page(h)
  local runs, kind = h.runs, kind_of(h.runs[#h.runs])
  local changed = choose(h.cases, function(c) return not c.flaky and has_changed(c) end)
  local flaky = choose(h.cases, function(c) return c.flaky end)
  local always = choose(h.cases, function(c) return not c.flaky and not has_changed(c) end)
  local parts = {
    section("runs", "Runs", "The newest first. Accuracy is the grade, and the root mean square error in units u·S.", runs_table(runs)),
    section("changed", ("Broken or mended: %s"):format(thousands(#changed)), "✗ failed, ✓ passed, – skipped; blank: not in that run.",
      cases_table("Broken or mended", changed, runs)),
    section("flaky", ("Flaky: %s"):format(thousands(#flaky)),
      "Different verdicts for the same version of the subject on the same machine.", cases_table("Flaky", flaky, runs)),
    section("always", ("Failing whenever they ran: %s"):format(thousands(#always)), "", cases_table("Failing", always, runs)),
    section("clauses", "Clauses", "✗ how many cases of the clause fail; ✓ how many pass, if none fails.", clauses_table(runs)),
  }
  local left = h.count - #h.cases
  return template.fill("reports/page/history.html", {
    title = escape("conv2d-cts history: " .. runs[1].log.header.subject),
    kind = kind, sign = SIGN_OF[kind], sentence = escape(sentence(h)),
    note = left > 0 and ("%s more cases fail in some run; their logs have them."):format(thousands(left)) or "",
    sections = table.concat(parts, "\n"),
  })
end

return history_html
