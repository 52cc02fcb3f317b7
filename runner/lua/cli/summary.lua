-- summary.lua: what a run found, for people.

local backtrace = require "text.backtrace"
local thousands = require("text.output").thousands

local summary = {}

local FEW_SWEEPS = 3 -- of which a run says each by itself what it covers

local colours = cts.isatty("stdout") and not os.getenv("NO_COLOR")

local function paint(code, text)
  return colours and ("\27[%sm%s\27[0m"):format(code, text) or text
end

--- A field of a result as a line; what the subject printed keeps its lines, indented, so that none looks like one of ours.
function summary.field(field)
  return ("  %-11s %s"):format(field[1], (field[2]:gsub("\n", "\n" .. (" "):rep(14))))
end

--- A function that prints the first `limit` failures as they come (0: all). path: of the subject, if it is a file.
function summary.failure_printer(limit, path)
  local printed = 0
  return function(result)
    printed = printed + 1
    if limit > 0 and printed > limit then return end
    print(("%s %s"):format(paint("1;31", result.class == "broken" and "BROKEN" or "FAIL"), result.case.label))
    for _, field in ipairs(result.fields) do
      if field[1] == "repro" then backtrace.print(result, path) end
      print(summary.field(field))
    end
    print()
    if printed == limit then print("(further failures are counted, not printed; --max-failures 0 prints all)\n") end
  end
end

--- Tells the user if a subject changes the process as soon as it is loaded.
function summary.note_of_loading(tested)
  return "note: merely opening it changes " .. tested.loading
end

--- What the adapter computes itself, so that no success there is the library's; nil: nothing.
function summary.note_of_own(tested)
  if #tested.own == 0 then return nil end
  return "the adapter itself computes: " .. table.concat(tested.own, ", ")
end

--- Which data the cases had, where not their own.
function summary.note_of_fresh(seed)
  return ("the data of all cases but those with values of their own are of --fresh %d"):format(seed)
end

--- "conforms: 5,120 passed, 31 skipped of 5,151 cases in 0.9 s (5,700 a second)".
--- r.limit: of summary.limit_of; r.empty_shard: the shard, where the others have all cases.
function summary.sentence(tested, r)
  if r.empty_shard then return ("%s %s: shard %s has none of the selected cases"):format(tested.name, tested.version, r.empty_shard) end
  local verdict = r.broken > 0 and "is not judged: the suite has defects"
    or r.failed > 0 and "does not conform"
    or r.interrupted and ("is not judged: the run %s"):format(r.limit and "came to its time limit" or "was interrupted")
    or r.passed + r.expected == 0 and "is not judged: nothing could be run"
    or "conforms"
  local counts = {}
  for _, class in ipairs {"failed", "broken", "passed", "expected", "skipped"} do
    local word = class == "expected" and "failed as expected" or class
    if r[class] > 0 then counts[#counts + 1] = thousands(r[class]) .. " " .. word end
  end
  return ("%s %s %s: %s of %s cases, %s outputs, in %.1f s (%s cases a second)"):format(
    tested.name, tested.version, verdict, table.concat(counts, ", "), thousands(r.cases),
    thousands(r.outputs), r.seconds, thousands(math.floor(r.cases / math.max(r.seconds, 1e-3))))
end

--- Counts by topic, "PAD" of "PAD-4", in the order of the specs: {topic =, clauses =, passed =, ...}.
function summary.topics(r)
  local by_topic, order = {}, {}
  for _, clause in ipairs(cts.clauses()) do
    local n, topic = r.clauses[clause.id], clause.id:match("^%a+")
    if n then
      if not by_topic[topic] then
        by_topic[topic] = {topic = topic, clauses = 0, passed = 0, skipped = 0, failed = 0, broken = 0}
        order[#order + 1] = by_topic[topic]
      end
      local t = by_topic[topic]
      t.clauses = t.clauses + 1
      for _, class in ipairs {"passed", "skipped", "failed", "broken"} do t[class] = t[class] + n[class] end
    end
  end
  return order
end

local function print_topics(r)
  print(("%-8s %8s %9s %9s %9s"):format("clauses", "tested", "passed", "failed", "skipped"))
  for _, t in ipairs(summary.topics(r)) do
    local bad = t.failed + t.broken
    print(("%-8s %8d %9s %9s %9s"):format(t.topic, t.clauses, thousands(t.passed),
      bad > 0 and paint("1;31", ("%9s"):format(thousands(bad))) or "-", t.skipped > 0 and thousands(t.skipped) or "-"))
  end
end

local function print_verdicts(r)
  for _, v in ipairs(cts.verdicts()) do
    local n = r.verdicts[v.word]
    if n and v.word ~= "pass" then
      print(("%9s %s: %s"):format(thousands(n), v.word, v.sentence))
    end
  end
end

-- "all 27,520 combinations of 3 values" or "74.0 % of 289,775 combinations of 4 values"
local function share(s)
  local all = ("%s combinations of %d value%s"):format(thousands(s.valid), s.strength, s.strength > 1 and "s" or "")
  return s.covered == s.valid and "all " .. all or ("%.1f %% of %s"):format(100 * s.covered / s.valid, all)
end

--- What a run covers of what its subject offers and its filter selects, a line for each sweep
--- with cases that it can't judge; none where there are no such.
function summary.offered(cases)
  local lines = {}
  for _, o in ipairs(cases:offered()) do
    local added, shares = 0, {}
    for i, s in ipairs(o) do added, shares[i] = added + s.added, share(s) end
    if #o > 0 then
      lines[#lines + 1] = ("of what can be judged, %s covers %s; %s of its cases, %s chosen for it"):format(o.file,
        table.concat(shares, ", "), thousands(o.rows + added), thousands(added))
    end
  end
  return lines
end

-- The same in one line, for people; a line each where few sweeps are concerned, or one does not cover what its tier promises.
local function offered_in_short(cases)
  local list, low, high, of, added = cases:offered(), math.huge, 0, 0, 0
  for _, o in ipairs(list) do
    local tier = o[1]
    if tier and tier.covered < tier.valid then return summary.offered(cases) end
    of = of + o.rows
    for _, s in ipairs(o) do added = added + s.added end
    if tier then low, high = math.min(low, tier.strength), math.max(high, tier.strength) end
  end
  if #list <= FEW_SWEEPS or high == 0 then return summary.offered(cases) end
  return {("of what can be judged, %d sweeps cover all combinations of %d to %d values that they are for; %s of their cases, "
    .. "%s chosen for it"):format(#list, low, high, thousands(of + added), thousands(added))}
end

--- How far a run came that takes the most telling cases first, a line for each pass.
function summary.passes(passes)
  local lines = {}
  for _, pass in ipairs(passes) do
    lines[#lines + 1] = ("%s: %s cases, %s"):format(pass.name, thousands(pass.cases),
      pass.ended and "all that were left of it" or "when the time was over")
  end
  return lines
end

--- The seconds of --total-limit, where they have ended the run; else nil.
function summary.limit_of(r, total_limit)
  return r.interrupted and total_limit and r.seconds >= total_limit and total_limit or nil
end

--- count: of all cases, or nil; r.limit: of summary.limit_of.
function summary.interruption(r, count)
  local not_run = r.verdicts["not run"] or 0
  local why = r.limit and ("the limit of %g s for the whole run (--total-limit) is over"):format(r.limit) or "interrupted"
  if not count then return why .. ": the cases behind these did not run" end
  return ("%s: %d of %d cases did not run"):format(why, count - r.cases + not_run, count)
end

--- cases: whose combinations are covered, or nil; fresh: the seed of --fresh, or nil.
function summary.print(tested, r, cases, fresh)
  print_topics(r)
  print()
  print_verdicts(r)
  if r.max_error > 0 then
    print(("     the largest error of a passing case is %.3g %% of what is allowed"):format(100 * r.max_error))
  end
  if tested.loading ~= "" then print(summary.note_of_loading(tested)) end
  local own = summary.note_of_own(tested)
  if own then print("note: " .. own) end
  if fresh then print(summary.note_of_fresh(fresh)) end
  for _, line in ipairs(cases and offered_in_short(cases) or {}) do print(line) end
  local good = r.failed + r.broken == 0 and (r.passed + r.expected > 0 or r.empty_shard)
  print(paint(good and "1;32" or "1;31", summary.sentence(tested, r)))
end

--- The exit status of a run. A run in which nothing could be judged is no success, unless skips_suffice:
--- then files were named, and the output is TAP, which says for each case why it was skipped.
function summary.status(r, skips_suffice)
  if r.broken > 0 then return 2 end
  if r.failed > 0 then return 1 end
  if r.interrupted then return 3 end
  return r.passed + r.expected == 0 and not skips_suffice and not r.empty_shard and 4 or 0
end

return summary
