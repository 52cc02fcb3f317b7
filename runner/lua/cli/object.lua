-- object.lua: what `run --json` writes: a run as one object, for other programs.

local summary = require "cli.summary"

local object = {}

--- Takes failures as they come, and keeps the first `limit` of them (0: all):
--- {note = function (result), finish = function (subject, summary, exit status, causes) -> object}.
function object.collector(limit)
  local failures = {}
  local collector = {}

  function collector.note(result)
    if limit > 0 and #failures >= limit then return end
    local f = {label = result.case.label}
    for _, field in ipairs(result.fields) do f[field[1]] = field[2] end
    failures[#failures + 1] = f
  end

  function collector.finish(tested, r, status, causes)
    local o = {
      subject = tested.name, version = tested.version, conforms = status == 0, status = status,
      sentence = summary.sentence(tested, r), verdicts = r.verdicts, clauses = r.clauses,
      failures = json.list(failures), causes = json.list(causes), stale = json.list(r.stale),
    }
    for _, key in ipairs {"cases", "passed", "failed", "broken", "skipped", "expected", "outputs", "seconds", "max_error"} do
      o[key] = r[key]
    end
    o.interrupted = r.interrupted or false
    return o
  end

  return collector
end

return object
