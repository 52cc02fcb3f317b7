-- signature.lua: how a result is summed as a line of text, and as a number that differs where any tree or arithmetic does.

local drawing = require "reveal.drawing"
local words = require "reveal.words"

local signature = {}

-- FNV-1a, 64 bits.
local function hash(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(h)
end

local function arithmetic_text(a)
  local keys, said = {}, {}
  for key in pairs(a) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do said[i] = key .. "=" .. (type(a[key]) == "table" and "some" or tostring(a[key])) end
  return table.concat(said, " ")
end

local function class_text(class, found)
  local lines = class.tree and drawing.lines(class.tree, found.asker.sums.leaves) or {}
  return arithmetic_text(class.arithmetic) .. "\n" .. table.concat(lines, "\n")
end

--- How each class of a finding is summed, in one line; and a number of 16 digits for it.
function signature.of(found)
  if found.unstable then return "unstable", hash "unstable" end
  local said, texts, seen = {}, {}, {}
  for _, class in ipairs(found.classes) do
    local text = words.of(class, found)
    if not seen[text] then said[#said + 1] = text end
    seen[text] = true
    texts[#texts + 1] = class_text(class, found)
  end
  for _, f in ipairs(found.failures) do
    if not seen[f.word] then said[#said + 1] = f.word == "transform" and "a transform" or "not predicted" end
    seen[f.word] = true
  end
  table.sort(texts)
  return table.concat(said, " | "), hash(table.concat(texts, "\n\n"))
end

return signature
