-- column.lua: a column of a table of many rows: words, each kept once, and for each row the number of its word.
-- Numbers are packed by the block, 3 bytes each, since a table of Lua takes 16 for each. A row without a word has 0.

local column = {}
column.__index = column

local BLOCK, AT_ONCE = 1024, 128
local FORMAT = "<" .. ("I3"):rep(AT_ONCE)
local EMPTY = ("\0"):rep(3 * BLOCK)

function column.new()
  return setmetatable({words = {}, index = {}, blocks = {}, open = {}, first = 0}, column)
end

--- The number of a word: its place in the list, from 1.
function column:number(word)
  local i = self.index[word]
  if not i then
    i = #self.words + 1
    self.words[i], self.index[word] = word, i
  end
  return i
end

local function pack_block(open)
  if not next(open) then return EMPTY end
  local parts, values = {}, {}
  for i = 1, BLOCK do values[i] = open[i] or 0 end
  for i = 1, BLOCK, AT_ONCE do parts[#parts + 1] = FORMAT:pack(table.unpack(values, i, i + AT_ONCE - 1)) end
  return table.concat(parts)
end

--- Sets the word of a row that is at or behind the last one that was set.
function column:append(row, word)
  while row > self.first + BLOCK do
    self.blocks[#self.blocks + 1] = pack_block(self.open)
    self.open, self.first = {}, self.first + BLOCK
  end
  self.open[row - self.first] = self:number(word)
end

--- The word of a row, "" if it has none.
function column:word(row)
  local block = self.blocks[(row - 1) // BLOCK + 1]
  local i
  if block then i = ("<I3"):unpack(block, 3 * ((row - 1) % BLOCK) + 1) else i = self.open[row - self.first] end
  return self.words[i] or ""
end

--- The numbers of rows 1 to n as a list.
function column:numbers(n)
  local list = {}
  for _, block in ipairs(self.blocks) do
    for at = 1, #block, 3 do list[#list + 1] = ("<I3"):unpack(block, at) end
  end
  for row = #list + 1, n do list[row] = self.open[row - self.first] or 0 end
  return list
end

return column
