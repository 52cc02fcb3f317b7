-- strangers.lua: run by strangers.t: logs whose every text is hostile, in every medium that a report has. Whatever
-- they hold, no medium takes a word of it for its own syntax. STRANGERS_LOGS says how many logs (default 60).

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local seed = math.tointeger(os.getenv "STRANGERS_SEED") or 1
math.randomseed(seed)
print("# seed " .. seed)

-- ---- logs

local fragments = {
  "\nBail out!", "\nok 1 - forged", "\nnot ok 2", " # SKIP x", " # TODO", "\r\n::error::forged", "%0A::error::x", "::error title=x::y",
  "\27[31m", "\27]0;title\7", "\u{9b}31m", "\u{202e}", "\u{2028}", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
  "<!--", "-->", "]]>", "&lt;", "&#x41;", "\"", "'", "`", "```", "````", "|", "\\", "\\\"", "[a](javascript:alert(1))", "![a](http://x)",
  "javascript:alert(1)", "data:text/html,x", "https://example.org/\" onclick=\"x", "https://example.org/a",
  "$(touch /tmp/strange)", "; touch x;", "`id`",
  "' ; id ; '", "{{data}}", "{{nonce}}", "%s", "%d%n",
  "#", "..", "../../etc/passwd", "\u{1f600}", "é", "\t", "---", "...", "=", "*/", "??/",
  "\u{feff}", "nan", "a", "conv2d:in=1x1x4x5,out=1,k=3", "x.yaml#a", "@everyone", "<details>", "\n\n# heading", "\n| a |", "~~~",
}

local function hostile()
  local parts = {}
  for i = 1, math.random(1, 4) do parts[i] = fragments[math.random(#fragments)] end
  return table.concat(parts)
end

local header_texts = {"suite", "subject", "subject_version", "description", "url", "invocation", "loading", "date"}
local case_texts = {"case", "id", "file", "name", "link", "xfail", "judged", "clause", "words", "tensor", "got_hex", "want_hex", "printed"}
local words = {}
for _, v in ipairs(cts.verdicts()) do words[#words + 1] = v.word end

local numbers = {"line", "outputs", "mismatches", "nanoseconds"}
local values = {"max_error", "rms_error", "mean_error", "got", "want", "error", "allowed"}
local odd_numbers = {0, -1, 0.5, 1e300, -1e300, math.maxinteger, math.mininteger, 1 << 53}
local odd_values = {"inf", "-inf", "nan", "", 0, -1, 1e300, 5e-324, math.mininteger}
local odd_lists = {first = {{}, {-1}, {0.5, 1e300}, {1, 2, 3, 4, 5, 6, 7, 8}}, wrong = {{}, {{}}, {{-1, "x", "y"}}, {{1e300}}},
  map = {{shape = {}, plane = {}, channels = ""}, {shape = {-1, 0.5, 1e300}, plane = {"", ""}, channels = "99"}}, clauses = {{}}}

-- A valid entry need not have all keys, nor likely numbers.
local function make_odd(entry)
  for _, key in ipairs(numbers) do if math.random(6) == 1 then entry[key] = odd_numbers[math.random(#odd_numbers)] end end
  for _, key in ipairs(values) do if math.random(6) == 1 then entry[key] = odd_values[math.random(#odd_values)] end end
  for key, list in pairs(odd_lists) do if math.random(6) == 1 then entry[key] = list[math.random(#list)] end end
  local keys = {}
  for key in pairs(entry) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do
    if key ~= "case" and key ~= "verdict" and math.random(4) == 1 then entry[key] = nil end
  end
  for key, v in pairs(entry) do if type(v) == "table" and key ~= "map" then entry[key] = json.list(v) end end
  if entry.map then entry.map.shape, entry.map.plane = json.list(entry.map.shape), json.list(entry.map.plane) end
  return entry
end

local function made_case(i)
  local entry = {case = "conv2d:in=1x1x4x" .. i .. ",out=1,k=3", line = i, verdict = words[math.random(#words)], clauses = {"PAD-1"},
    outputs = 8, mismatches = 2, tensor = "output", first = {0, 0, 0, 1}, got = 1, want = 2, got_hex = "0x1p+0", want_hex = "0x1p+1",
    error = 3, allowed = 1, file = "padding.yaml", name = "made", words = "2 of 8 elements are wrong",
    wrong = {{1, 1, 2}}, map = {shape = {1, 1, 2, 4}, plane = {"#...", "...."}, channels = "#"}}
  for _, key in ipairs(case_texts) do
    if math.random(3) == 1 then entry[key] = hostile() end
  end
  if math.random(3) == 1 then entry.clauses = {hostile(), "PAD-2"} end
  if math.random(4) == 1 then entry.map.plane[1], entry.map.channels = hostile(), hostile() end
  if math.random(4) == 1 then entry.got, entry.error = hostile(), hostile() end
  return i % 2 == 0 and make_odd(entry) or entry
end

local function made_log(path, cases)
  local header = {format = "conv2d-cts result log", version = 1, subject = "x", subject_version = "1", description = "d",
    url = "https://example.org", invocation = "--impl ./x.so", loading = "", date = "2026-01-02T03:04:05Z", suite = "0.1.0", claims = 0}
  for _, key in ipairs(header_texts) do
    if math.random(2) == 1 then header[key] = hostile() end
  end
  if math.random(2) == 1 then header.own = {hostile(), "shape"} end
  if math.random(2) == 1 then
    header.environment = hostile()
    header.machine = {processor = hostile(), processors = 2, features = hostile(), variables = hostile(), threads = 1}
  end
  local lines = {json.encode(header)}
  for i = 1, cases do lines[#lines + 1] = json.encode(made_case(i)) end
  lines[#lines + 1] = json.encode {["end"] = true, cases = cases, interrupted = false, seconds = 1}
  tap.write(path, table.concat(lines, "\n") .. "\n")
end

-- ---- what holds in every medium, whatever the log says; each returns what is wrong, or nil

local function commands_no_terminal(text)
  local at = text:find("[%z\1-\8\11-\31\127]") or text:find("\xc2[\x80-\x9f]") or text:find("\xe2\x80[\xa8-\xae]")
  return at and ("byte %d is a command: %q"):format(at, text:sub(at - 20, at + 5))
end

local media = {}

function media.tap(text, cases)
  local points = 0
  for line in text:gmatch "([^\n]*)\n" do
    if line:find "^ok %d+ %- " or line:find "^not ok %d+ %- " then
      points = points + 1
      if line:gsub(" # SKIP [^#]*$", ""):find("#", 1, true) then return "a directive is forged: " .. line end
      if not line:find("ok " .. points .. " - ", 1, true) then return "out of order: " .. line end
    elseif not (line == "TAP version 13" or line == "1.." .. cases or line == "pragma +strict" or line == "  ---" or line == "  ..."
      or line:find '^  %w+: ".*"$') then
      return "no line of TAP: " .. line
    end
  end
  return points ~= cases and points .. " points of " .. cases or nil
end

function media.html(text)
  if not text:find("Content-Security-Policy", 1, true) then return "no policy" end
  local nonce = text:match "script%-src 'nonce%-(%x+)'"
  if not nonce or select(2, text:gsub('<script nonce="' .. nonce .. '">', "")) ~= 1 then return "one script of its own is expected" end
  if select(2, text:gsub("<[sS][cC][rR][iI][pP][tT]", "")) ~= 2 then return "a script is forged" end
  if select(2, text:gsub("</script", "")) ~= 2 then return "a script's end is forged" end
  if text:find("<img", 1, true) then return "an element is forged" end
  local data = text:match '<script type="application/json" id="data">(.-)</script>'
  return not (data and json.decode(data)) and "its data are no JSON" or nil
end

-- A line of Markdown without spans of code, in which a backslash is no escape, and without what is escaped.
local function unescaped(line)
  local rest, at = {}, 1
  while at <= #line do
    local c, close = line:sub(at, at), nil
    if c == "`" then close = line:find("`", at + 1, true) end
    if c ~= "\\" and not close then rest[#rest + 1] = c end
    at = close and close + 1 or at + (c == "\\" and 2 or 1)
  end
  return table.concat(rest)
end

function media.markdown(text)
  local fence
  for line in text:gmatch "([^\n]*)\n" do
    local ticks = line:match "^(```+)"
    if fence then
      if line == fence then fence = nil end
    elseif ticks then
      fence = ticks
    else
      local prose = unescaped(line)
      if prose:find "<%a" and not prose:find "^<details><summary>" then return "an element is forged: " .. line end
      if prose:find "%]%(" then return "a link is forged: " .. line end
      if prose:find "^# " or prose:find "^Bail" then return "a line is forged: " .. line end
    end
  end
  return fence and "a block has no end" or nil
end

function media.github(text)
  for line in text:gmatch "([^\n]*)\n" do
    if not line:find "^::error title=[^:]*::" then return "no annotation: " .. line end
  end
  local _, count = text:gsub("::error ", "")
  return count > 10 and count .. " annotations" or nil
end

local has_xmllint = os.execute "command -v xmllint >/dev/null"

function media.junit(text, cases)
  local _, count = text:gsub("<testcase ", "")
  if count ~= cases then return count .. " test cases" end
  tap.write(folder .. "/junit.xml", text)
  return has_xmllint and tap.shell("xmllint --noout " .. folder .. "/junit.xml") ~= 0 and "not well-formed" or nil
end

function media.badge(text)
  local badge = json.decode(text)
  return not (badge and badge.label == "torch.nn.Conv2d") and "no badge" or nil
end

-- ---- all media of each log

local cases = 8
local names = {}
for name in pairs(media) do names[#names + 1] = name end
table.sort(names)
local wrong, kept = {}, 0
for number = 1, math.tointeger(os.getenv "STRANGERS_LOGS") or 60 do
  local path = ("%s/log-%d"):format(folder, number)
  made_log(path, cases)
  for _, name in ipairs(names) do
    local flag = name == "tap" or name == "github"
    local status, out, err = tap.run(("report --%s%s %s"):format(name, flag and "" or " -", path))
    local problem = status ~= 0 and "status " .. status .. ": " .. err or media[name](out, cases) or commands_no_terminal(out)
      or err ~= "" and "says: " .. err
    if problem and not wrong[name] then wrong[name] = ("log %d: %s"):format(number, problem) end
  end
  local last = ("%s/log-%d"):format(folder, math.max(1, number - 1))
  local status, out, err = tap.run(("diff --html %s/diff.html %s %s"):format(folder, last, path))
  wrong.diff = wrong.diff or commands_no_terminal(out .. err) or status > 1 and ("log %d: status %d: %s"):format(number, status, err) or nil
  kept = kept + 1
end
names[#names + 1] = "diff"
for _, name in ipairs(names) do
  tap.ok(not wrong[name], ("%s: %d logs in which every text is hostile"):format(name, kept))
  if wrong[name] then print("#   " .. wrong[name]:gsub("\n", "\n#   ")) end
end

-- ---- command lines are what a shell takes apart again

local escape, torn = require "text.escape", {}
for _ = 1, 200 do
  local word = hostile()
  local pipe = io.popen("printf %s " .. escape.shell(word))
  local got = pipe:read "a"
  pipe:close()
  if got ~= word then torn[#torn + 1] = escape.line(word) end
end
tap.is(table.concat(torn, "\n"), "", "200 words of the shell")
tap.is(escape.url "javascript:alert(1)", nil, "javascript: is no address")
tap.is(escape.url "data:text/html,x", nil, "nor is data:")
tap.is(escape.url "https://example.org/?a=b&c", "https://example.org/?a=b&c", "https: is one")
tap.is(escape.url 'https://example.org/" onclick="x', nil, "a quote is none of it")

tap.done()
