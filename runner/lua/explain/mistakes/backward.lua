-- backward.lua: the classic mistakes of gradients, by the gradient that is wrong: grad_input, grad_weight,
-- grad_bias. A forward mistake may also be made in one gradient alone, so the mistakes of mistakes.lua follow at the
-- end of each list.

local change = require "explain.mistakes.change"
local mistakes = require "explain.mistakes"
local taps = require "explain.taps"

local backward = {grad_input = {}, grad_weight = {}, grad_bias = {}}

local function add(gradient, name, text, apply)
  table.insert(backward[gradient], {name = gradient:gsub("_", "-") .. "-" .. name, text = text, apply = apply})
end

-- The whole gradient as f (gradient, m) makes it.
local function after(f)
  return function(m) m.after[#m.after + 1] = function(model, g) return f(g, model) end end
end

-- Of which images products count.
local function images(test)
  return change.around("image", function(old, m, n) return test(n, m) and old(m, n) or -1 end)
end

local function is_first(n) return n == 0 end
local function is_last(n, m) return n == m.images - 1 end

-- Taps outside of the input find nothing, whatever the padding mode.
local drop_padding = change.by_coordinate(function(q, _, x) return change.is_padding(q, x) and -1 or q end)

local function positions(m) return m.images * m.y.out * m.x.out end

-- ---- any gradient

for _, gradient in ipairs {"grad_input", "grad_weight", "grad_bias"} do
  for _, scaled in ipairs {
    {"zero", "it were left zero", function() return 0 end},
    {"negated", "it had the opposite sign", function() return -1 end},
    {"halved", "it were halved", function() return 0.5 end},
    {"doubled", "it were added twice", function() return 2 end},
    {"averaged", "it were divided by the number of images", function(m) return 1 / m.images end},
    {"averaged-over-outputs", "it were divided by the number of images and positions, a mean instead of a sum",
      function(m) return 1 / positions(m) end},
  } do
    local name, text, factor = table.unpack(scaled)
    add(gradient, name, text, after(function(g, m)
      local by = factor(m)
      return g:map(function(v) return v * by end)
    end))
  end
end

-- ---- grad_input

add("grad_input", "padding-dropped", "what falls on the padding were dropped, not brought back to the elements that it repeats",
  drop_padding)
add("grad_input", "overwritten", "each product replaced the sum of those before it", function(m) m.overwrites = true end)
add("grad_input", "first-image", "only the first image had a gradient", images(is_first))
add("grad_input", "last-image", "only the last image had a gradient", images(is_last))
add("grad_input", "of-all-images", "the gradients of all images were added into each", after(function(g, m)
  local sum = g:slice(1, 0, 1)
  for n = 1, m.images - 1 do sum = sum + g:slice(1, n, 1) end
  local all = {}
  for n = 1, m.images do all[n] = sum end
  return tensor.cat(1, all)
end))
add("grad_input", "rectified", "it were zero where the input is negative (the mask of a ReLU)", after(function(g, m)
  return g:map(function(v, e) return m.input[e] < 0 and 0 or v end)
end))
add("grad_input", "last-row", "the last row of the input had no gradient", change.without_last(1))
add("grad_input", "last-column", "the last column of the input had no gradient", change.without_last(2))
-- Where a window reads a gradient that was not spread by the stride.
add("grad_input", "undilated-by-stride", "grad_output were not spread by the stride",
  change.around("source", function(_, m, x, i, r) return taps.at(x, m.mode, i + r * x.dilation - x.before) end))
add("grad_input", "kernel-flipped", "grad_output were correlated with the kernel as it is: it must be turned, rows and columns",
  change.flip_kernel)
add("grad_input", "of-one-group", "every group were added into the channels of the first",
  change.around("channel", function(_, _, _, c) return c end))

-- ---- grad_weight

add("grad_weight", "flipped", "its rows and columns were in reverse order", change.flip_kernel)
add("grad_weight", "padding-dropped", "the elements of the padding counted as zeros, whatever the padding mode", drop_padding)
add("grad_weight", "overwritten", "each product replaced the sum of those before it", function(m) m.overwrites = true end)
add("grad_weight", "first-image", "it were of the first image only, not summed over the batch", images(is_first))
add("grad_weight", "last-image", "it were of the last image only, not summed over the batch", images(is_last))
add("grad_weight", "last-row", "the last row of the input did not count", change.without_last(1))
add("grad_weight", "last-column", "the last column of the input did not count", change.without_last(2))
add("grad_weight", "summed-over-groups", "it were of the first group's channels for every group",
  change.around("channel", function(_, _, _, c) return c end))

-- ---- grad_bias

local function counted(test)
  return function(m) m.counts = function(model, n, at) return test(n, model, at) and 1 or 0 end end
end
add("grad_bias", "first-image", "it were of the first image only, not summed over the batch", counted(is_first))
add("grad_bias", "last-image", "it were of the last image only, not summed over the batch", counted(is_last))
add("grad_bias", "plane-averaged", "it were averaged over rows and columns, and summed over images", after(function(g, m)
  local by = m.y.out * m.x.out
  return g:map(function(v) return v / by end)
end))
add("grad_bias", "first-row", "only the first row of grad_output were summed",
  counted(function(_, m, at) return at // m.x.out == 0 end))
add("grad_bias", "first-column", "only the first column of grad_output were summed",
  counted(function(_, m, at) return at % m.x.out == 0 end))
add("grad_bias", "first-position", "only the first position of grad_output counted", counted(function(_, _, at) return at == 0 end))
add("grad_bias", "last-row-skipped", "the last row of grad_output were left out",
  counted(function(_, m, at) return m.y.out == 1 or at // m.x.out < m.y.out - 1 end))
add("grad_bias", "last-column-skipped", "the last column of grad_output were left out",
  counted(function(_, m, at) return m.x.out == 1 or at % m.x.out < m.x.out - 1 end))
add("grad_bias", "channels-reversed", "it were in the reverse order of channels", after(function(g) return g:flip(1) end))
add("grad_bias", "of-all-channels", "every channel had the sum of all", after(function(g)
  local sum = g:sum()
  return g:map(function() return sum end)
end))

-- ---- forward mistakes, made in a gradient alone

-- Forward mistakes that stand in the lists above already, in words that suit the gradient.
local replaced = {
  grad_input = {["mode-forgotten"] = true, ["kernel-flipped"] = true, ["stride-forgotten"] = true, ["group-first-block"] = true},
  grad_weight = {["mode-forgotten"] = true, ["kernel-flipped"] = true, ["group-first-block"] = true},
}

for gradient, own in pairs(replaced) do
  for _, mistake in ipairs(mistakes) do
    if not own[mistake.name] then table.insert(backward[gradient], mistake) end
  end
end

return backward
