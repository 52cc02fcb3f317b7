-- mistakes.lua: the classic mistakes of a forward pass, each the definition with one thing changed.
-- {name, what the implementation behaves as if, function (model)}: explain tries them all, alone,
-- under conditions, and two at a time. A new mistake is one line in a file of mistakes/.

local mistakes = {}

local parts = {
  require "explain.mistakes.windows", require "explain.mistakes.memory", require "explain.mistakes.padding",
  require "explain.mistakes.channels",
}
for _, list in ipairs(parts) do
  table.move(list, 1, #list, #mistakes + 1, mistakes)
end

return mistakes
