-- options.lua: command lines of the commands, from one table that is also the --help text.

local options = {}

local function usage_error(command, message)
  cts.fail(2, ("%s: %s (conv2d-cts %s --help)"):format(command.name, message, command.name))
end

-- Two columns, the second aligned.
local function print_help(command)
  print(("usage: conv2d-cts %s %s\n\n%s\n"):format(command.name, command.usage, command.about))
  for _, o in ipairs(command.options) do
    local left = "--" .. o[1]:gsub("_", "-") .. (o.value and " " .. o.value or "")
    print(("  %-28s %s"):format(left, o.about))
  end
  if command.more then print("\n" .. command.more) end
end

local function find(command, name)
  for _, o in ipairs(command.options) do
    if o[1]:gsub("_", "-") == name then return o end
  end
end

local function convert(command, o, text)
  if not o.number then return text end
  local v = tonumber(text)
  if not v or v < (o.at_least or 0) then
    usage_error(command, ("--%s: a number of at least %s is expected, got '%s'"):format(
      o[1]:gsub("_", "-"), o.at_least or 0, text))
  end
  return v
end

--- Reads `arg`. command: {name =, usage =, about =, options = {{"log", value = "FILE", about = ...}}}.
--- Returns the options by name ('-' as '_'), and the other arguments as its list part.
function options.read(command)
  local got, i = {}, 1
  while i <= #arg do
    local name, text = arg[i]:match("^%-%-([%a-]+)=?(.*)$")
    if arg[i] == "--help" or arg[i] == "-h" then
      print_help(command)
      os.exit(0, true)
    elseif not name then
      got[#got + 1] = arg[i]
    else
      local o = find(command, name) or usage_error(command, "unknown option --" .. name)
      if not o.value then
        if arg[i]:find("=", 1, true) then usage_error(command, "--" .. name .. " takes no value") end
        got[o[1]] = true
      else
        if not arg[i]:find("=", 1, true) then
          i = i + 1
          text = arg[i] or usage_error(command, "--" .. name .. " needs a value: " .. o.value)
        end
        got[o[1]] = convert(command, o, text)
      end
    end
    i = i + 1
  end
  return got
end

--- The options that name a subject and say how it is run, for every command that opens one.
options.subject = {
  {"impl", value = "FILE.so", about = "the implementation under test"},
  {"impl_cmd", value = "COMMAND", about = "or a process that speaks the protocol of specs/pipe.md"},
  {"time_limit", value = "SECONDS", number = true, about = "for one call (default 10)"},
  {"memory_limit", value = "MIB", number = true, about = "of a worker (default 4096; 0: none)"},
  {"isolation", value = "batch|case|none", about = "a worker for many cases (default), for each, or unguarded"},
  {"subject_threads", value = "N", number = true, at_least = 1, about = "threads that the subject may use (default 1)"},
  {"threads", value = "N", number = true, at_least = 1, about = "also call it from N threads at once"},
  {"paranoid", about = "every check on every case, whatever it costs"},
  {"valgrind", about = "the worker under Valgrind"},
  {"asan", about = "for a subject built with AddressSanitizer"},
  {"strict", about = "a call that the capabilities declare must be offered"},
}

--- Joins lists of options.
function options.join(...)
  local all = {}
  for _, list in ipairs {...} do table.move(list, 1, #list, #all + 1, all) end
  return all
end

--- Opens the subject that the options name.
function options.open_subject(command, got)
  if (not got.impl) == (not got.impl_cmd) then
    usage_error(command, "either --impl or --impl-cmd must be given")
  end
  return subject.open {
    path = got.impl, command = got.impl_cmd, time_limit = got.time_limit,
    memory_limit = got.memory_limit, isolation = got.isolation,
    subject_threads = got.subject_threads, threads = got.threads, paranoid = got.paranoid,
    valgrind = got.valgrind, asan = got.asan, strict = got.strict,
  }
end

--- The options that select cases.
options.selection = {
  {"tier", value = "quick|full|exhaustive|models", about = "the tier and those below; models: the layers of published networks, alone\n"
    .. (" "):rep(31) .. "(default: quick, of FILEs full)"},
  {"network", value = "NAME", about = "the layers of a network, resnet50, of the tier models (list --networks names them)"},
  {"filter", value = "EXPR", about = "a Lua expression over the keys of a case: \"groups > 1 and stride[1] == 2\""},
  {"shard", value = "I/N", about = "of each sweep, and of models, every N-th case, from the I-th"},
}

-- A case's keys as the variables of an expression.
local function compile(command, expression)
  local current
  local environment = setmetatable({math = math, string = string},
    {__index = function(_, key) return current[key] end})
  local f, message = load("return " .. expression, "=filter", "t", environment)
  if not f then usage_error(command, "--filter: " .. message) end
  return function(c)
    current = c
    return f()
  end
end

--- Loads the suite that options and arguments select: files, else all of cases/.
function options.load_suite(command, got)
  local files = #got > 0 and table.move(got, 1, #got, 1, {}) or {cts.root .. "/cases"}
  local cases = suite.load(files, {
    tier = got.tier or (got.network and "models" or #got > 0 and "full" or "quick"),
    shard = got.shard,
    network = got.network,
    filter = got.filter and compile(command, got.filter),
  })
  if got.network and not cases:networks()[got.network] then
    cts.fail(2, ("no network '%s': conv2d-cts list --networks names them"):format(got.network))
  end
  return cases
end

--- The case that an argument names: an id, or FILE.yaml#NAME.
function options.find_case(command, name)
  if not name then usage_error(command, "a case must be named: an id, or FILE.yaml#NAME") end
  if not name:find("#", 1, true) then return case.parse(name) end
  local path = name:match("^(.*)#")
  local inside = cts.root .. "/cases/" .. path
  local f = io.open(inside)
  if f then f:close() end
  local found = suite.load(f and inside or path, {tier = "exhaustive"}):find(name)
  return found or cts.fail(2, ("no case '%s' in %s"):format(name:match("#(.*)$"), path))
end

return options
