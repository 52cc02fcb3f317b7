-- picture.lua: tensors as text: planes of numbers, and maps of what differs.

local picture = {}

local LIMIT = 400 -- elements of a tensor that are printed unasked

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
  for first = 0, #t - 1, plane do
    local rest = first // plane
    for i = n - 2, 1, -1 do
      index[i] = rest % shape[i]
      rest = rest // shape[i]
    end
    f(n > 2 and "[" .. table.concat(index, ",", 1, n - 2) .. "]" or "", first, rows, columns)
  end
end

--- Prints a tensor by planes. settings.all: however large; settings.mark: a function of the
--- element's index from 1 that tells which are to be marked.
function picture.print(title, t, settings)
  local mark = settings and settings.mark or function() return false end
  print(("\n%s %s"):format(title, tostring(t)))
  if #t > LIMIT and not (settings and settings.all) then
    print(("  (%d elements; --values prints them)"):format(#t))
    return
  end
  local width = 0
  for i = 1, #t do width = math.max(width, #number_text(t[i])) end
  each_plane(t, function(name, first, rows, columns)
    if name ~= "" then print("  " .. name) end
    for r = 0, rows - 1 do
      local line = {}
      for k = 1, columns do
        local i = first + r * columns + k
        line[k] = ("%" .. width .. "s"):format(number_text(t[i])) .. (mark(i) and "*" or " ")
      end
      print("    " .. table.concat(line, " "))
    end
  end)
end

--- Prints where two tensors differ: a '#' for each element that does.
function picture.print_map(title, wrong, t)
  print("\n" .. title)
  each_plane(t, function(name, first, rows, columns)
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
    if any then print("  " .. name .. "\n" .. table.concat(lines, "\n")) end
  end)
end

return picture
