-- reveal: in which order and arithmetic an implementation sums each element of a case.

local drawing = require "reveal.drawing"
local options = require "cli.options"
local output = require "text.output"
local reveal = require "reveal.reveal"
local words = require "reveal.words"

local command = {
  name = "reveal",
  arguments = {0, 1, "a case"},
  usage = "--impl FILE.so ID | FILE.yaml#NAME",
  about = "Reveals the order in which an implementation adds the products of each element, and its arithmetic, by\n"
    .. "calls in which large terms swallow units; then predicts its answers to random data bit for bit.",
  options = options.join(options.subject, {
    {"result", value = "NAME", about = "output, grad_input, grad_weight or grad_bias (default: all that the case has)"},
    {"tree", about = "print the tree of each class: numbers of products in the order of the formula"},
    {"svg", value = "FILE", about = "write the tree of the first class as a picture"},
    {"json", about = "print a line of JSON for each result"},
    {"seed", value = "N", integer = true, at_least = 1, about = "of the random data (default 1)"},
  }),
  more = "Exit status: 0 every element is predicted, 1 some are not, 2 usage, 3 the harness failed, 4 nothing could be asked.",
}

local results = {forward = {"output"}, backward = {"grad_input", "grad_weight", "grad_bias"}}

-- The results to reveal.
local function wanted(c, only)
  local list = {}
  for _, name in ipairs(results[c.direction] or {}) do
    local is_given = c.direction == "forward" or c.gradients == "all" or c.gradients:find(name:match "^grad_(.*)", 1, true)
    if (not only or name == only) and (name ~= "grad_bias" or c.bias) and is_given then list[#list + 1] = name end
  end
  if #list == 0 then
    cts.fail(2, ("reveal: %s: this case has no result%s"):format(c.reference, only and " '" .. only .. "'" or " that is a sum"))
  end
  return list
end

-- An arithmetic whose tables are lists for JSON: the leaves of fused products, the trees that are stored.
local function arithmetic_value(a, bias)
  local copy, fused, stored = {}, {}, {}
  for key, value in pairs(a) do copy[key] = value end
  if type(a.fused) == "table" then
    for leaf = 0, bias - 1 do if a.fused[leaf] then fused[#fused + 1] = leaf end end
    copy.fused = json.list(fused)
  end
  if type(a.stored) == "table" then
    for list, k in pairs(a.stored) do stored[#stored + 1] = drawing.value(table.move(list, 1, k, 1, {}), bias) end
    copy.stored = json.list(stored)
  end
  return copy
end

local function as_json(tested, found)
  local bias, classes, failures = found.asker.sums.leaves, {}, {}
  for i, class in ipairs(found.classes) do
    classes[i] = {elements = #class.good, confirmed = class.confirmed, example = words.element(class.element, found),
      words = words.of(class, found), arithmetic = arithmetic_value(class.arithmetic, bias),
      tree = class.tree and drawing.value(class.tree, bias)}
  end
  for i, f in ipairs(found.failures) do
    failures[i] = {element = words.element(f.element, found), why = f.why, kind = f.word}
  end
  return json.encode {subject = tested.name, version = tested.version, case = found.case.id, result = found.result,
    leaves = bias, elements = found.elements, confirmed = found.confirmed, calls = found.calls,
    unstable = found.unstable or nil, classes = json.list(classes), failures = json.list(failures)}
end

local function print_tree(class, found)
  if not class.tree then return end
  for _, line in ipairs(drawing.lines(class.tree, found.asker.sums.leaves)) do print("    " .. line) end
end

local kinds = {transform = "no tree of additions: a transform (Winograd, FFT), or a wrong result", refused = "no answer",
  arithmetic = "not predicted", time = "not predicted", count = "its products are not counted"}

local function print_found(found, with_tree)
  if found.unstable then
    print "  unstable: the same call on the same data gives other bits, so there is no order to print"
    return
  end
  for _, class in ipairs(found.classes) do
    print(("  %s: %s"):format(words.elements(class.good, found), words.of(class, found)))
    if with_tree then print_tree(class, found) end
  end
  for _, f in ipairs(found.failures) do
    print(("  %s: %s (%s)"):format(words.element(f.element, found), kinds[f.word] or f.word, f.why))
    if with_tree then print_tree(f, found) end
  end
  print(("  confirmed on random data: %s of %s elements, bit for bit (seed %d); %s calls"):format(
    output.thousands(found.confirmed), output.thousands(found.elements), found.last_seed or 0, output.thousands(found.calls)))
end

local got = options.read(command)
local c = options.find_case(command, got[1])
local list = wanted(c, got.result)
local tested = options.open_subject(command, got)
local status, asked = 0, 0
if not got.json then print(("%s %s on %s"):format(tested.name, tested.version, c.reference)) end
for _, name in ipairs(list) do
  local found, why = reveal.of(tested, c, name, {seed = got.seed})
  if not found then
    io.stderr:write(("conv2d-cts: reveal: %s: %s\n"):format(name, why))
    status = 1
  else
    asked = asked + 1
    if found.confirmed < found.elements then status = 1 end
    if got.json then
      print(as_json(tested, found))
    else
      print(name .. ":")
      print_found(found, got.tree)
    end
    local first = found.classes[1]
    if got.svg and first and first.tree then
      output.write(got.svg, drawing.svg(first.tree, found.asker.sums.leaves, name .. ": " .. words.of(first, found)))
      got.svg = nil
    end
  end
end
return asked == 0 and 4 or status
