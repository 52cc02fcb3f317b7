-- tap.lua: TAP from a Lua script, and commands run as a user runs them.

local tap = {count = 0, failed = 0}

local function diagnose(label, text)
  for line in (tostring(text) .. "\n"):gmatch("(.-)\n") do print(("#   %s: %s"):format(label, line)) end
end

--- What was `seen`, if it is given, is printed where the test fails.
function tap.ok(good, name, seen)
  tap.count = tap.count + 1
  if not good then tap.failed = tap.failed + 1 end
  print(("%sok %d - %s"):format(good and "" or "not ", tap.count, (name:gsub("[#\n]", " "))))
  if not good and seen ~= nil then diagnose("seen", seen) end
  return good
end

function tap.is(got, want, name)
  if not tap.ok(got == want, name) then
    diagnose("got ", got)
    diagnose("want", want)
  end
  return got == want
end

--- A test that cannot be made here, and why.
function tap.skip(name, reason)
  tap.count = tap.count + 1
  print(("ok %d - %s # SKIP %s"):format(tap.count, name, reason))
end

--- Whether `pattern` (plain text) stands in `text`.
function tap.has(text, pattern, name)
  if not tap.ok(text:find(pattern, 1, true), name) then
    diagnose("got    ", text)
    diagnose("lacks  ", pattern)
  end
end

--- Whether there is anything to look at: a loop over nothing shows nothing.
function tap.some(list, name)
  return tap.ok(next(list) ~= nil, name .. ": there are some")
end

--- Whether a program can be run here.
function tap.has_program(name)
  return os.execute(("command -v '%s' >/dev/null"):format(name)) or false
end

function tap.done()
  if tap.count == 0 then tap.ok(false, "there is a test point") end
  print("1.." .. tap.count)
  os.exit(tap.failed == 0 and 0 or 1, true)
end

local function read(path)
  local f = assert(io.open(path, "rb"))
  local text = f:read("a")
  f:close()
  return text
end
tap.read = read

function tap.write(path, text)
  local f = assert(io.open(path, "wb"))
  f:write(text)
  f:close()
end

--- A fresh folder, removed when the script ends.
function tap.folder()
  local pipe = assert(io.popen("mktemp -d"))
  local path = pipe:read("l")
  pipe:close()
  tap.cleanup = setmetatable({}, {__gc = function() os.execute("rm -rf '" .. path .. "'") end})
  return path
end

tap.program = os.getenv("CONV2D_CTS") or "build/conv2d-cts"
tap.sample = "build/adapters/naive.so"

--- The sanitizer that all of it was built with ("address" or "thread", by `make sanitize`), or nil.
tap.sanitizer = os.getenv "CONV2D_SANITIZER"

--- Shell words in front of a command on hostile input: 2 seconds of processor time, and 256 MiB
--- of address space where no tool takes terabytes of it.
tap.bounds = (tap.sanitizer or os.getenv "CONV2D_CTS") and "" or "ulimit -t 2 && ulimit -v 262144 &&"

--- Runs a shell command; its exit status, standard output and standard error.
function tap.shell(command)
  local out, err = os.tmpname(), os.tmpname()
  local _, how, status = os.execute(("{ %s\n} >%s 2>%s </dev/null"):format(command, out, err))
  local o, e = read(out), read(err)
  os.remove(out)
  os.remove(err)
  return how == "exit" and status or 128 + status, o, e
end

--- How much longer things take than on a machine that does nothing else.
function tap.business()
  local load = tonumber(read("/proc/loadavg"):match "^%S+")
  return math.max(1, load / tonumber((select(2, tap.shell "nproc"))))
end

--- Runs the program with arguments as a shell reads them.
function tap.run(arguments)
  return tap.shell(tap.program .. " " .. arguments)
end

return tap
