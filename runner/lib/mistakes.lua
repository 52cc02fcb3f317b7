-- mistakes.lua: the classic mistakes of a forward pass, each the definition with one thing changed.
-- {name, what the implementation behaves as if, function (model)}: explain tries them all, alone,
-- under conditions, and two at a time. A new mistake is one line in a file of mistakes/.

local mistakes = {}

for _, part in ipairs {"windows", "memory", "padding", "channels"} do
  local list = require("mistakes." .. part)
  table.move(list, 1, #list, #mistakes + 1, mistakes)
end

return mistakes
