-- options.lua: reads the command lines of the commands. One table says what is read and makes the --help text.

local escape = require "text.escape"
local named_case = require "cli.named_case"

local options = {}

local function usage_error(command, message)
  cts.fail(2, ("%s: %s (conv2d-cts %s --help)"):format(command.name, message, command.name))
end

--- Ends the program with a message about how the command was used.
options.misused = usage_error

-- Two columns, the second aligned.
local function print_help(command)
  print(("usage: conv2d-cts %s %s\n\n%s\n"):format(command.name, command.usage, command.about))
  for _, o in ipairs(command.options) do
    local left = (o.short and "-" .. o.short .. ", " or "") .. "--" .. o[1]:gsub("_", "-") .. (o.value and " " .. o.value or "")
    if #left > 28 then left = left .. "\n" .. (" "):rep(30) end
    print(("  %-28s %s"):format(left, o.about))
  end
  if command.more then print("\n" .. command.more) end
end

local function find(command, name)
  for _, o in ipairs(command.options) do
    if o[1]:gsub("_", "-") == name then return o end
  end
end

-- The name of the option that a word such as "-o" stands for.
local function long_name(command, word)
  local letter = word:match("^%-(%a)$")
  for _, o in ipairs(command.options) do
    if letter and o.short == letter then return (o[1]:gsub("_", "-")) end
  end
end

local function dashed(o) return (o[1]:gsub("_", "-")) end

local function convert(command, o, text)
  if not (o.number or o.integer) then return text end
  local v, least = tonumber(text), o.at_least or 0
  local is_enough = v and v >= least and not (o.above and v <= o.above)
  if not (is_enough and v <= 1e9 and (o.number or v == math.floor(v))) then
    usage_error(command, ("--%s: %s %s %s%s is expected, got '%s'"):format(dashed(o),
      o.integer and "an integer" or "a number", o.above and "above" or "of at least", o.above or least,
      v and v > 1e9 and " and at most 1e9" or "", text))
  end
  return o.integer and math.tointeger(v) or v
end

-- The value of an option: behind its '=', or the next argument, which moves `i`.
local function read_value(command, o, text, words, i)
  if not o.value then
    if text then usage_error(command, ("--%s takes no value"):format(dashed(o))) end
    return true, i
  end
  if not text then
    i = i + 1
    text = words[i] or usage_error(command, ("--%s needs a value: %s"):format(dashed(o), o.value))
    if text:find("^%-%-") then
      usage_error(command, ("--%s needs a value (%s), and %s is an option; a value that begins so is given as --%s=VALUE")
        :format(dashed(o), o.value, text, dashed(o)))
    end
  end
  if text == "" and not o.may_be_empty then
    usage_error(command, ("--%s: a value is expected (%s), got an empty word"):format(dashed(o), o.value))
  end
  return convert(command, o, text), i
end

-- command.arguments: the fewest and the most that it takes, and what they are.
local function check_arguments(command, got)
  local least, most, what = table.unpack(command.arguments or {0, 0, "an argument"})
  if #got < least then usage_error(command, what .. " must be named") end
  if #got > most then
    usage_error(command, ("'%s' is one argument too many"):format(got[most + 1]))
  end
  for i = 1, command.stops and 1 or #got do -- as a variable of the shell that is not set
    if got[i] == "" then usage_error(command, "an argument is an empty word") end
  end
end

--- Reads `words`, by default `arg`. command: {name =, usage =, about =, options = {{"log", value = "FILE", about = ...}},
--- arguments = {least, most, what}, stops = true where options end at the first argument}.
--- Returns the options by name ('-' as '_'), and the other arguments as its list part.
function options.read(command, words)
  local got, i, ended = {}, 1, false
  words = words or arg
  while i <= #words do
    local name, text = words[i]:match("^%-%-([^=]+)=(.*)$")
    name = name or words[i]:match("^%-%-(.+)$") or long_name(command, words[i])
    if ended then
      got[#got + 1] = words[i]
    elseif words[i] == "--" then
      ended = true
    elseif words[i] == "--help" or words[i] == "-h" then
      print_help(command)
      error({status = 0})
    elseif name then
      local o = find(command, name) or usage_error(command, "unknown option --" .. name)
      got[o[1]], i = read_value(command, o, text, words, i)
    else
      got[#got + 1] = words[i]
      ended = command.stops
    end
    i = i + 1
  end
  check_arguments(command, got)
  return got
end

--- The words that options.read makes `got` of, but for the options in the set `but`.
function options.words(command, got, but)
  local words = {}
  for _, o in ipairs(command.options) do
    local v = not (but and but[o[1]]) and got[o[1]]
    if v then words[#words + 1] = v == true and "--" .. dashed(o) or ("--%s=%s"):format(dashed(o), v) end
  end
  if #got > 0 then words[#words + 1] = "--" end
  return table.move(got, 1, #got, #words + 1, words)
end

--- The options that name a subject and say how it is run, for every command that opens one.
options.subject = {
  {"impl", value = "FILE.so", about = "the implementation under test"},
  {"impl_cmd", value = "COMMAND", about = "or a process that speaks the protocol of specs/pipe.md"},
  {"time_limit", value = "SECONDS", number = true, above = 0, about = "how long one call may take (default 10)"},
  {"load_limit", value = "SECONDS", number = true, above = 0,
    about = "how long opening it may take, as the imports of Python (default 60)"},
  {"memory_limit", value = "MIB", integer = true, about = "how much memory a worker may take (default 4096; 0: no limit)"},
  {"device", value = "NAME", about = "of a subject with a memory table: cuda:1, opencl:0 ... (default: as it says itself)"},
  {"isolation", value = "batch|case|none", about = "a worker for many cases (default), one for each case, or no guards"},
  {"subject_threads", value = "N", integer = true, at_least = 1, about = "threads that the subject may use (default 1)"},
  {"heap_fill", value = "BYTE", integer = true, about = "what malloc gives is filled with this byte, 0 to 254 (glibc)"},
  {"threads", value = "N", integer = true, at_least = 1, about = "also call it from N threads at once, 63 at most"},
  {"paranoid", about = "make every check on every case, whatever it costs"},
  {"valgrind", about = "run the worker under Valgrind"},
  {"asan", about = "for a subject built with AddressSanitizer"},
  {"sanitizer", value = "compute[:TOOL]", about = "run the worker under compute-sanitizer; memcheck, or racecheck, initcheck, synccheck"},
  {"numerics", value = "CONTRACT", may_be_empty = true,
    about = "how it computes: tf32, bf16x3, tensor-core, accumulator=float16 ... (specs/numerics.md)"},
  {"strict", about = "fail if a call is refused that the capabilities declare"},
}

--- A copy of what options.read returned, in which one option has another value; nil: it is not given.
function options.with(got, name, value)
  local copy = {}
  for key, v in pairs(got) do copy[key] = v end
  copy[name] = value
  return copy
end

--- Likewise with other arguments.
function options.with_arguments(got, list)
  local copy = table.move(list, 1, #list, 1, {})
  for key, v in pairs(got) do
    if type(key) == "string" then copy[key] = v end
  end
  return copy
end

--- Joins lists of options.
function options.join(...)
  local all = {}
  for _, list in ipairs {...} do table.move(list, 1, #list, #all + 1, all) end
  return all
end

--- Opens the subject that the options name. xfail: the path of a list of failures that its tests pass over, or nil.
function options.open_subject(command, got, xfail)
  if (not got.impl) == (not got.impl_cmd) then
    usage_error(command, "either --impl or --impl-cmd must be given")
  end
  return subject.open {
    path = got.impl, command = got.impl_cmd, time_limit = got.time_limit, load_limit = got.load_limit,
    memory_limit = got.memory_limit, isolation = got.isolation,
    subject_threads = got.subject_threads, threads = got.threads, paranoid = got.paranoid,
    valgrind = got.valgrind, asan = got.asan, strict = got.strict, numerics = got.numerics, device = got.device,
    sanitizer = got.sanitizer, heap_fill = got.heap_fill, xfail = xfail,
  }
end

--- A function that opens it again with another number of threads.
function options.reopener(command, got)
  return function(threads) return options.open_subject(command, options.with(got, "subject_threads", threads)) end
end

--- The options that select cases.
options.selection = {
  {"tier", value = "quick|full|exhaustive|models|large", about = "the tier and those below; models: only the layers of\n"
    .. (" "):rep(31) .. "published networks; large: only tensors past 2 GiB (default: quick; for FILEs full)"},
  {"network", value = "NAME", about = "the layers of a network, resnet50, of the tier models (list --networks names them)"},
  {"filter", value = "EXPR", about = "a Lua expression over the keys of a case: \"groups > 1 and stride[1] == 2\""},
  {"fresh", value = "SEED", about = "other data for every case, from this number; random: chosen and printed"},
  {"shard", value = "I/N", about = "every N-th case of sweeps and models, from the I-th; those by hand by their names"},
}

--- Which cases were selected, as the options and arguments that a shell reads: logs of one selection can be compared whole.
function options.selection_of(got)
  local words = {}
  for _, o in ipairs(options.selection) do
    if got[o[1]] then words[#words + 1] = "--" .. dashed(o) .. " " .. escape.shell(tostring(got[o[1]])) end
  end
  if not got.tier and not got.network then words[#words + 1] = #got > 0 and "--tier full" or "--tier quick" end
  for _, file in ipairs(got) do words[#words + 1] = escape.shell(file) end
  table.sort(words)
  return table.concat(words, " ")
end

-- The message for an expression that fails on a case. The usual mistake is to compare a pair with a number.
local function explain_filter(command, c, expression, problem)
  local pairs_named = {}
  for _, k in ipairs(case.keys()) do
    if type(c[k.name]) == "table" and expression:find("%f[%w_]" .. k.name .. "%f[^%w_]") then
      pairs_named[#pairs_named + 1] = ("%s is a list: %s[1], %s[2] ... are its numbers"):format(k.name, k.name, k.name)
    end
  end
  local text = type(problem) == "table" and problem.message or tostring(problem):gsub("^filter:1: ", "")
  usage_error(command, ("--filter: %s%s (at %s)"):format(text,
    #pairs_named > 0 and "; " .. table.concat(pairs_named, "; ") or "", c.id))
end

-- A case's keys as the variables of an expression.
local function compile(command, expression)
  local current
  local environment = setmetatable({math = math, string = string},
    {__index = function(_, key) return current[key] end})
  local f, message = load("return " .. expression, "=filter", "t", environment)
  if not f then usage_error(command, "--filter: " .. message) end
  return function(c)
    current = c
    local good, result = pcall(f)
    if not good then explain_filter(command, c, expression, result) end
    return result
  end
end

-- Of --fresh: the number, chosen here for "random". It stands in got.fresh from then on.
local function read_fresh(command, got)
  if not got.fresh then return nil end
  local seed = got.fresh == "random" and math.random(1, 1000000000) or math.tointeger(tonumber(got.fresh))
  if not seed or seed < 1 or seed > 1000000000 then
    usage_error(command, ("--fresh: an integer from 1 to 1e9, or random, is expected, got '%s'"):format(got.fresh))
  end
  got.fresh = seed
  return seed
end

-- The keys of a case that an expression names, or nil if it may depend on more than these.
local function keys_of(expression)
  local keys, known = {}, {math = true, string = true}
  for _, k in ipairs(case.keys()) do known[k.name] = k.name end
  for _, word in ipairs {"and", "or", "not", "true", "false", "nil"} do known[word] = true end
  local bare = expression:gsub('"[^"]*"', " "):gsub("'[^']*'", " "):gsub("[.:]%s*[%a_][%w_]*", " ")
  for word in bare:gmatch("%f[%a_][%a_][%w_]*") do
    if not known[word] then return nil end
    if known[word] ~= true then keys[#keys + 1] = word end
  end
  return keys
end

--- The tier that options and arguments select.
function options.tier(got)
  return got.tier or (got.network and "models" or #got > 0 and "full" or "quick")
end

--- What they select of some files.
function options.load_files(command, got, files, tier)
  return suite.load(files, {
    tier = tier,
    shard = got.shard,
    fresh = read_fresh(command, got),
    network = got.network,
    filter = got.filter and compile(command, got.filter),
    filter_keys = got.filter and keys_of(got.filter),
  })
end

--- Loads the suite that options and arguments select: files, else all of cases/. What is not here by that name is the
--- suite's own, as in the names of cases.
function options.load_suite(command, got)
  local files = #got > 0 and {} or {cts.root .. "/cases"}
  for i, path in ipairs(got) do files[i] = named_case.file(path) end
  local cases = options.load_files(command, got, files, options.tier(got))
  if got.network and not cases:networks()[got.network] then
    cts.fail(2, ("no network '%s': conv2d-cts list --networks names them"):format(got.network))
  end
  return cases
end

--- Whether an argument names a case, where files may stand, too.
function options.names_case(word) return word:find "^conv2d:" ~= nil or word:find("#", 1, true) ~= nil end

--- The case that an argument names: an id, or one of the names of named_case.
function options.find_case(command, name)
  if not name then usage_error(command, "a case must be named: an id, or FILE.yaml#NAME") end
  if name:find("^conv2d:") then return case.parse(name) end
  return named_case.find(name)
end

return options
