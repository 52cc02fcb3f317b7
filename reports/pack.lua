-- pack.lua: columns of small integers as text that a script unpacks quickly (page/data.js).
-- A value is `width` letters of base 64. A column is either all of its values, or, if that is shorter,
-- runs: a value, and in 4 letters how often it comes.

local pack = {}

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local RUN_LETTERS = 4

local coded = {{}, {}, {}, {}}

local function code(v, width)
  local known = coded[width][v]
  if known then return known end
  local text, rest = "", v
  for _ = 1, width do
    text = LETTERS:sub(rest % 64 + 1, rest % 64 + 1) .. text
    rest = rest // 64
  end
  coded[width][v] = text
  return text
end

local function width_of(largest)
  return largest < 64 and 1 or largest < 64 ^ 2 and 2 or largest < 64 ^ 3 and 3 or 4
end

local function runs_of(values, n, width)
  local parts, start = {}, 1
  for i = 2, n + 1 do
    if i > n or values[i] ~= values[start] then
      parts[#parts + 1] = code(values[start], width)
      parts[#parts + 1] = code(i - start, RUN_LETTERS)
      start = i
    end
  end
  return parts
end

--- Packs n integers from 0 to 64^4 - 1: {width =, runs = text} or {width =, all = text}.
function pack.integers(values, n)
  local largest = 0
  for i = 1, n do largest = math.max(largest, values[i]) end
  local width = width_of(largest)
  local runs = runs_of(values, n, width)
  if #runs // 2 * (width + RUN_LETTERS) < n * width then
    return {width = width, runs = table.concat(runs)}
  end
  local all = {}
  for i = 1, n do all[i] = code(values[i], width) end
  return {width = width, all = table.concat(all)}
end

--- Packs a column of words: with its list of words, which its values count from 1.
function pack.words(column, n, default)
  local values = {}
  for i = 1, n do values[i] = column.values[i] or 0 end
  local packed = pack.integers(values, n)
  packed.words = json.list(column.words)
  packed.default = default
  return packed
end

return pack
