-- markdown.lua: the report as Markdown for a CI step summary, failures first.
-- GitHub refuses summaries above 1 MiB. A text that would be longer ends after a whole group.

local escape = require "text.escape"
local groups = require "reports.groups"
local output = require "text.output"
local prose = require "text.prose"

local markdown = {}

local MOST_BYTES = 1000 * 1000
local MOST_EXAMPLES = 3
local thousands = output.thousands
local marks = {passed = "✅", failed = "❌", broken = "⚠️", skipped = "⚪"}

local plain, code = escape.markdown, escape.markdown_code

local function clause_list(list, titles)
  local parts = {}
  for i = 1, math.min(5, #list) do
    local id = list[i].text
    parts[i] = ("- %s %s: %s"):format(plain(id), titles[id] and plain(titles[id].title) or "", thousands(list[i].n))
  end
  if #list > 5 then parts[#parts + 1] = ("- and %d more clauses"):format(#list - 5) end
  return table.concat(parts, "\n")
end

local function example(model, subject, row)
  local verdict, clause = groups.verdict(subject, row)
  local d = subject.details[row]
  local parts = {("**%s**: %s%s"):format(plain(verdict), d and plain(d.words) or "", clause and " (" .. plain(clause) .. ")" or "")}
  parts[#parts + 1] = escape.markdown_block(escape.repro(subject.log.header.invocation, groups.reference(model, row)), "sh")
  return table.concat(parts, "\n\n")
end

local function group_text(model, subject, g, titles)
  local parts = {("#### %s × %s"):format(thousands(#g.rows), plain(g.words))}
  if g.run then
    parts[#parts + 1] = plain(("%s: %s."):format(groups.share(g), groups.tally(g.verdicts, 5)))
  end
  parts[#parts + 1] = example(model, subject, g.example)
  if #g.clauses > 0 then parts[#parts + 1] = clause_list(g.clauses, titles) end
  if #g.rows > 1 then
    local more = {}
    for i = 1, math.min(MOST_EXAMPLES * 5, #g.rows) do more[i] = "- " .. code(groups.reference(model, g.rows[i])) end
    parts[#parts + 1] = ("<details><summary>cases</summary>\n\n%s\n\n</details>"):format(table.concat(more, "\n"))
  end
  return table.concat(parts, "\n\n")
end

local function overview(model)
  local lines = {"| | subject | failed | passed | skipped | cases |", "| --- | --- | ---: | ---: | ---: | ---: |"}
  for _, s in ipairs(model.subjects) do
    local words, class = groups.judgement(s.log)
    local n = s.log.counts
    local own = table.concat(s.log.header.own, ", ")
    local note = own ~= "" and " (the adapter itself computes " .. plain(own) .. ")" or ""
    lines[#lines + 1] = ("| %s | %s %s **%s**%s | %s | %s | %s | %s |"):format(marks[class], plain(s.label),
      plain(s.log.header.subject_version or ""), words, note, thousands(n.failed + n.broken), thousands(n.passed),
      thousands(n.skipped), thousands(n.cases))
  end
  return table.concat(lines, "\n")
end

-- The groups of all subjects, each subject under a heading of its own.
local function failures(model, titles)
  local parts = {}
  for _, s in ipairs(model.subjects) do
    for i, g in ipairs(groups.by_cause(model, s)) do
      local heading = i == 1 and ("### %s: failures by likely cause\n\n"):format(plain(s.label)) or ""
      parts[#parts + 1] = heading .. group_text(model, s, g, titles)
    end
  end
  return parts
end

--- The text of a model of collect.lua.
function markdown.document(model)
  local _, titles = prose.clauses()
  local parts = {"## conv2d-cts " .. cts.version, overview(model)}
  local size = #parts[2]
  for i, text in ipairs(failures(model, titles)) do
    size = size + #text + 2
    if size > MOST_BYTES then
      parts[#parts + 1] = ("*The summary is full after %d groups; the HTML report has all.*"):format(i - 1)
      break
    end
    parts[#parts + 1] = text
  end
  return table.concat(parts, "\n\n") .. "\n"
end

return markdown
