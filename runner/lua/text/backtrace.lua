-- backtrace.lua: where a call died, as function, file and line, by addr2line of the binutils. The places are in the
-- subject's file, and in those that were loaded with it. Without that program, or without symbols, a place is a number.

local escape = require "text.escape"

local backtrace = {}

local MOST = 200 -- characters of a line

local function short(path) return path:match("[^/]*$") end

-- "function at file:line" for each place, innermost first; inlined callers have lines of their own. A function of which
-- no line is known has its file's name.
local function ask(path, places)
  local pipe = io.popen(("timeout 20 addr2line -f -C -i -a -e %s %s 2>/dev/null"):format(escape.shell(path), table.concat(places, " ")))
  local lines, name = {}, nil
  for line in pipe and pipe:lines() or function() end do
    if line:find "^0x%x+$" then
      name = nil
    elseif not name then
      name = line
    else
      local where = line:gsub(" %(discriminator %d+%)$", ""):gsub("^.*/", "")
      local known = not where:find "^%?%?" and not where:find ":%?$"
      lines[#lines + 1] = name == "??" and "" or ("%s at %s"):format(name, known and where or short(path))
      name = nil
    end
  end
  if pipe then pipe:close() end
  for _, line in ipairs(lines) do if line ~= "" then return lines end end
  lines = {}
  for i, place in ipairs(places) do lines[i] = ("%s+%s"):format(short(path), place) end
  return lines
end

-- Frames that follow each other in one file, as {path, places}.
local function by_file(frames, subject)
  local list = {}
  for frame in frames:gmatch "%S+" do
    local path, place = frame:match "^(.*)%+(0x%x+)$"
    path, place = path or subject, place or frame
    local last = list[#list]
    if not last or last.path ~= path then
      last = {path = path, places = {}}
      list[#list + 1] = last
    end
    last.places[#last.places + 1] = place
  end
  return list
end

--- The lines of a result's frames, of a subject whose file is at `path`; nil if it has none.
function backtrace.lines(result, path)
  if not (result.frames and path) then return nil end
  local lines = {}
  for _, part in ipairs(by_file(result.frames, path)) do
    for _, line in ipairs(ask(part.path, part.places)) do
      lines[#lines + 1] = escape.line(line ~= "" and line or short(part.path)):sub(1, MOST)
    end
  end
  return lines
end

--- Prints them as a field of a failure.
function backtrace.print(result, path)
  for i, line in ipairs(backtrace.lines(result, path) or {}) do print(("  %-11s %s"):format(i == 1 and "where" or "", line)) end
end

return backtrace
