-- backtrace.lua: where in a subject's file a call died, as function, file and line, by addr2line of the binutils.
-- Without that program, or without symbols, the places in the file are given as numbers.

local escape = require "text.escape"

local backtrace = {}

local MOST = 200 -- characters of a line

local function short(path) return path:match("[^/]*$") end

-- "function at file:line" for each frame, innermost first; inlined callers have lines of their own.
local function ask(path, frames)
  local pipe = io.popen(("addr2line -f -C -i -a -e %s %s 2>/dev/null"):format(escape.shell(path), frames))
  local lines, name = {}, nil
  for line in pipe and pipe:lines() or function() end do
    if line:find "^0x%x+$" then
      name = nil
    elseif not name then
      name = line
    else
      local place = line:gsub(" %(discriminator %d+%)$", ""):gsub("^.*/", "")
      lines[#lines + 1] = name == "??" and "" or place:find "^%?%?" and name or name .. " at " .. place
      name = nil
    end
  end
  if pipe then pipe:close() end
  return lines
end

--- The lines of a result's frames in the file at `path`; nil if it has none.
function backtrace.lines(result, path)
  if not (result.frames and path) then return nil end
  local lines = ask(path, result.frames)
  local named = false
  for i, line in ipairs(lines) do
    named = named or line ~= ""
    lines[i] = escape.line(line ~= "" and line or short(path)):sub(1, MOST)
  end
  if named then return lines end
  lines = {}
  for frame in result.frames:gmatch("%S+") do lines[#lines + 1] = ("%s+%s"):format(escape.line(short(path)), frame) end
  return lines
end

--- Prints them as a field of a failure.
function backtrace.print(result, path)
  for i, line in ipairs(backtrace.lines(result, path) or {}) do print(("  %-11s %s"):format(i == 1 and "where" or "", line)) end
end

return backtrace
