-- output.lua: writes text to a file, or to standard output for "-". A failure is reported.

local output = {}

--- Ends the program if a file of a kind, "log" or "other", may not be written there: a report never replaces a log, nor a log what
--- is none, as an option whose value was left out takes the next argument.
function output.spare(path, kind)
  local held = path ~= "-" and cts.overwrites(path) or kind
  if held == kind then return end
  if held == "busy" then cts.fail(2, path .. ": another run is writing this log") end
  cts.fail(2, ("%s: this is %s result log, and would be overwritten"):format(path, held == "log" and "a" or "no"))
end

--- Likewise if it cannot be written there, or is one of the files that are to be read. Before long work, of which nothing is lost then.
function output.ready(path, inputs)
  if path == "-" then return end
  output.spare(path, "other")
  for _, input in ipairs(inputs or {}) do
    if cts.same_file(input, path) then cts.fail(2, ("%s would be overwritten, which is to be read"):format(path)) end
  end
  local folder = path:match "^(.*)/[^/]*$"
  if folder and folder ~= "" and not cts.exists(folder .. "/.") then cts.fail(2, ("%s: there is no folder %s"):format(path, folder)) end
end

--- Writes a file whole. kind: "log"; without it, the file is none.
function output.write(path, text, kind)
  output.spare(path, kind or "other")
  local f, message = io.stdout, nil
  if path ~= "-" then f, message = io.open(path, "wb") end
  if not f then cts.fail(2, message) end
  local good, problem = f:write(text)
  if good then good, problem = f:flush() end
  if path ~= "-" then f:close() end
  if not good then cts.fail(3, path .. ": " .. problem) end
end

--- A function that writes to a file, a "log" or an "other", compressed if its name ends in .zst, and one that ends it. A
--- failure of either is reported.
function output.lines(path, kind)
  output.spare(path, kind)
  local f, message = io.stdout, nil
  if path ~= "-" then f, message = cts.open(path, "w") end
  if not f then cts.fail(2, message) end
  f:setvbuf("full", 1 << 16)
  local function check(good, problem) if not good then cts.fail(3, path .. ": " .. problem) end end
  return function(text) check(f:write(text)) end, function()
    check(f:flush())
    if path ~= "-" then check(f:close()) end
  end
end

--- Reads a file whole. That it can't be read is no fault of the user's.
function output.read(path)
  local f, message = io.open(path, "rb")
  if not f then cts.fail(3, message) end
  local text = f:read("a")
  f:close()
  return text
end

--- Reads a file of the suite's own.
function output.read_own(name) return output.read(cts.root .. "/" .. name) end

--- The first line of TAP, and the plan where the number of points is known. prove is told that any other line is an error;
--- other readers, such as Meson's, know no pragmas.
function output.begin_tap(points)
  print("TAP version 13")
  if points then print("1.." .. points) end
  if os.getenv "HARNESS_ACTIVE" then print("pragma +strict") end
end

--- "5,120"
function output.thousands(n)
  local text = ("%d"):format(n):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

return output
