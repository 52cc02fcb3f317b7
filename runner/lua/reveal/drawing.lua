-- drawing.lua: a tree as lines of text, as a value for JSON and as a picture.

local escape = require "text.escape"
local parts = require "reveal.parts"

local drawing = {}

-- "0 to 127", "0, 8 ... 56", "3 9 4": a chain's leaves.
local function say_leaves(leaves, bias)
  local said, i = {}, 1
  while i <= #leaves do
    local last = i + 1
    local step = leaves[last] and leaves[last] - leaves[i]
    while leaves[last + 1] and leaves[last + 1] - leaves[last] == step and leaves[last + 1] ~= bias do last = last + 1 end
    if last - i >= 3 and leaves[i] ~= bias and leaves[i + 1] ~= bias then
      said[#said + 1] = step == 1 and ("%d to %d"):format(leaves[i], leaves[last])
        or ("%d, %d ... %d"):format(leaves[i], leaves[i + 1], leaves[last])
      i = last + 1
    else
      said[#said + 1] = leaves[i] == bias and "bias" or tostring(leaves[i])
      i = i + 1
    end
  end
  return table.concat(said, " ")
end

local function add_lines(lines, skeleton, bias, indent)
  if skeleton.leaves then
    lines[#lines + 1] = indent .. say_leaves(skeleton.leaves, bias)
    return
  end
  lines[#lines + 1] = indent .. (skeleton.at_once and "+ at once:" or "one after the other:")
  for _, s in ipairs(skeleton) do add_lines(lines, s, bias, indent .. "  ") end
end

--- Lines of text. Leaves have the numbers of sums.of; `bias` is that of the bias.
function drawing.lines(node, bias)
  local lines = {}
  add_lines(lines, parts.of(node), bias, "")
  return lines
end

--- Nested lists for JSON: a list is added one after the other, {at_once = list} in one step.
function drawing.value(node, bias)
  if type(node) ~= "table" then return node == bias and "bias" or node end
  local list = {}
  for i, item in ipairs(node.at_once or node) do list[i] = drawing.value(item, bias) end
  list = json.list(list)
  return node.at_once and {at_once = list} or list
end

-- ---- the picture

local MOST = 64 -- partial sums in a picture
local ROW, WIDTH = 26, 760

-- Each part gets a row; additions stand to the right of what they add, at the height of their first.
local function place(p, skeleton, bias, depth)
  if skeleton.leaves then
    p.rows = p.rows + 1
    local y = p.rows * ROW
    if p.rows <= MOST then p.texts[#p.texts + 1] = {y = y, text = say_leaves(skeleton.leaves, bias)} end
    return y, depth
  end
  local top, bottom, deepest = nil, nil, depth
  for _, s in ipairs(skeleton) do
    local y, d = place(p, s, bias, depth + 1)
    top, bottom, deepest = top or y, y, math.max(deepest, d)
    p.lines[#p.lines + 1] = {y = y, from = d, depth = depth}
  end
  p.lines[#p.lines + 1] = {from_y = top, to_y = bottom, depth = depth}
  return top, deepest
end

-- The root of the tree stands at the right.
local function x_of(depth) return WIDTH - 20 - depth * 24 end

local function draw_lines(p, out)
  for _, l in ipairs(p.lines) do
    local x = x_of(l.depth)
    if l.y and l.y <= MOST * ROW then
      out[#out + 1] = ('<path d="M430 %d H%d"/>'):format(l.y - 5, x)
    elseif l.from_y and l.from_y <= MOST * ROW then
      out[#out + 1] = ('<path d="M%d %d V%d"/><circle cx="%d" cy="%d" r="4"/>'):format(x, l.from_y - 5,
        math.min(l.to_y, MOST * ROW) - 5, x, l.from_y - 5)
    end
  end
end

--- The picture as SVG text: a row for each partial sum, lines for the additions.
function drawing.svg(node, bias, title)
  local p = {rows = 0, texts = {}, lines = {}}
  place(p, parts.of(node), bias, 0)
  local rows = math.min(p.rows, MOST)
  local head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">'
  local out = {head:format(WIDTH, (rows + 3) * ROW),
    ('<title>%s</title><g fill="none" stroke="#555">'):format(escape.html(title))}
  draw_lines(p, out)
  out[#out + 1] = "</g>"
  for _, t in ipairs(p.texts) do
    local text = #t.text > 66 and t.text:sub(1, 63) .. "..." or t.text
    out[#out + 1] = ('<text x="8" y="%d">%s</text>'):format(t.y, escape.html(text))
  end
  if p.rows > MOST then
    out[#out + 1] = ('<text x="8" y="%d">and %d more partial sums</text>'):format((rows + 1) * ROW, p.rows - MOST)
  end
  out[#out + 1] = ('<text x="8" y="%d">%s</text></svg>'):format((rows + 2) * ROW, escape.html(title))
  return table.concat(out, "\n") .. "\n"
end

return drawing
