-- picture.lua: tensors as text: planes of numbers, and maps of what differs.

local complex = require "text.complex"

local picture = {}

local LIMIT = 400 -- elements of a tensor that are printed without settings.all

local function number_text(v)
  if v ~= v then return "nan" end
  if v == math.floor(v) and math.abs(v) < 1e7 then return ("%d"):format(v) end
  return ("%.6g"):format(v)
end

-- Calls f(title, first, rows, columns) for each plane of the last two axes; `first` counts from 0.
local function each_plane(t, f)
  local shape, n = t.shape, #t.shape
  local columns = n > 0 and shape[n] or 1
  local rows = n > 1 and shape[n - 1] or 1
  local plane, index = rows * columns, {}
  if plane == 0 then return end
  for first = 0, t.count - 1, plane do
    local rest = first // plane
    for i = n - 2, 1, -1 do
      index[i] = rest % shape[i]
      rest = rest // shape[i]
    end
    f(n > 2 and "[" .. table.concat(index, ",", 1, n - 2) .. "]" or "", first, rows, columns)
  end
end

--- Prints a tensor by planes. settings.all: print it however large it is; settings.mark: a function
--- of an element's number, from 1, which says whether the element is to be marked.
function picture.print(title, t, settings)
  local mark = settings and settings.mark or function() return false end
  print(("\n%s %s"):format(title, tostring(t)))
  if t.count > LIMIT and not (settings and settings.all) then
    print(("  (%d elements; --values prints them)"):format(t.count))
    return
  end
  local width = 0
  for i = 1, t.count do width = math.max(width, #complex.text(t, i, number_text)) end
  each_plane(t, function(name, first, rows, columns)
    if name ~= "" then print("  " .. name) end
    for r = 0, rows - 1 do
      local line = {}
      for k = 1, columns do
        local i = first + r * columns + k
        line[k] = ("%" .. width .. "s"):format(complex.text(t, i, number_text)) .. (mark(i) and "*" or " ")
      end
      print("    " .. table.concat(line, " "))
    end
  end)
end

-- The plane of t from element `first` on, '#' where it is wrong, as text; nil where all of it is right.
local function map_of_plane(wrong, first, rows, columns)
  local lines, any = {}, false
  for r = 0, rows - 1 do
    local line = {}
    for k = 1, columns do
      local bad = wrong[first + r * columns + k]
      any = any or bad
      line[k] = bad and "#" or "."
    end
    lines[#lines + 1] = "    " .. table.concat(line)
  end
  return any and table.concat(lines, "\n") or nil
end

local SHOWN = 12 -- different planes

--- Prints where a tensor is wrong, a '#' for each element; planes that look alike are drawn once.
function picture.print_map(title, wrong, t)
  local maps, names = {}, {}
  each_plane(t, function(name, first, rows, columns)
    local map = map_of_plane(wrong, first, rows, columns)
    if map and not names[map] then
      names[map] = {}
      maps[#maps + 1] = map
    end
    if map then table.insert(names[map], name) end
  end)
  print("\n" .. title)
  for i = 1, math.min(#maps, SHOWN) do
    local list = names[maps[i]]
    local more = #list > 6 and (" and %d more alike"):format(#list - 5) or ""
    print("  " .. table.concat(list, " ", 1, #list > 6 and 5 or #list) .. more .. "\n" .. maps[i])
  end
  if #maps > SHOWN then print(("  (%d more planes that differ)"):format(#maps - SHOWN)) end
end

return picture
