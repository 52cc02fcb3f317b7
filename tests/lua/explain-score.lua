-- explain-score.lua: on how many mutants does explain name the mistake?
-- conv2d-cts lua tests/lua/explain-score.lua [MUTANT or GROUP ...]; `make explain-score`. A mutant counts if its mistake is in
-- the list by its name or by the table below, or if it is a condition and an effect of effects.h (build/mutants/EFFECTS). A
-- finding is right if it foretells the mutant's answers to cases that explain has not seen, where its condition holds and
-- where it does not; it is wrong if one answer differs.

package.path = "tests/mutants/?.lua;" .. package.path
local explain = require "explain.explain"
local points = require "explain.points"

-- Mutants that make a mistake of the list under another name, or only sometimes: {mistake, condition}.
local same = {
  ["pointwise-stride-forgotten"] = {"stride-forgotten", "the kernel is 1x1"},
  ["pointwise-padding-forgotten"] = {"padding-forgotten", "the kernel is 1x1"},
  ["depthwise-dilation-forgotten"] = {"dilation-forgotten", "it is depthwise"},
  ["strided-dilation-forgotten"] = {"dilation-forgotten", "rows have a stride"},
  ["grouped-padding-forgotten"] = {"padding-forgotten", "there are groups"},
  ["grouped-dilated-stride-forgotten"] = {"column-stride-forgotten", "there are groups and columns are dilated"},
  ["unbatched-strided-padding-forgotten"] = {"row-padding-forgotten", "rows have a stride and the input is unbatched"},
  ["batch-row-padding-forgotten"] = {"row-padding-forgotten", "the batch holds more than two images"},
  ["dilation-one-more"] = {"row-dilation-one-more"},
  ["dilation-one-less"] = {"column-dilation-one-less"},
  ["mode-batched-only"] = {"mode-forgotten", "the input is unbatched"},
  ["border-normalised"] = {"border-normalised", "the dtype is a float"},
  ["sign-lost"] = {"sign-lost", "the dtype is a float"},
  ["rectified"] = {"rectified", "the dtype is a float"},
  ["mode-grouped-strided"] = {"mode-unstrided-only", "there are groups"},
  ["bias-without-groups"] = {"bias-forgotten", "there are groups"},
  ["bias-batched-only"] = {"bias-forgotten", "the input is unbatched"},
  ["bias-lost-strided-dilated"] = {"bias-forgotten", "rows have a stride and rows are dilated"},
  ["float64-undilated"] = {"column-dilation-forgotten", "the dtype is float64"},
  ["bfloat16-unbiased"] = {"bias-forgotten", "the dtype is bfloat16"},
  ["integers-unpadded"] = {"row-padding-forgotten", "the dtype is an integer"},
  ["integers-zero-padded"] = {"mode-forgotten", "the dtype is an integer"},
  ["channels-last-undilated"] = {"dilation-forgotten", "the layout is nhwc"},
  ["channels-last-groups-unpadded"] = {"row-padding-forgotten", "there are groups and the layout is nhwc"},
  ["channels-last-kernel-turned"] = {"kernel-transposed", "the kernel is square and the layout is nhwc"},
  ["output-channels-last-turned"] = {"output-transposed", "the layout is nhwc"},
  ["history-circular-halves"] = {"circular-halved"},
  ["history-circular-swapped"] = {"circular-swapped"},
  ["history-circular-one-side"] = {"circular-needs-both"},
  ["history-grouped-multiplier"] = {"group-first-kernel", "it is depthwise"},
  ["history-one-channel-last"] = {"padding-swapped", "it is depthwise and the layout is nhwc"},
}

for mutant, mistake in pairs {
  ["grad-undilated"] = {"dilation-forgotten"}, ["grad-unstrided"] = {"column-stride-forgotten"},
  ["grad-padding-swapped"] = {"padding-swapped"}, ["grad-same-larger-half-first"] = {"same-larger-half-first"},
  ["grad-group-weights-shared"] = {"group-weights-shared"}, ["grad-group-first-block"] = {"grad-weight-summed-over-groups"},
  ["grad-bias-averaged"] = {"grad-bias-averaged-over-outputs"}, ["grad-bias-batch-averaged"] = {"grad-bias-averaged"},
  ["grad-input-unbatched-halved"] = {"grad-input-halved", "the input is unbatched"},
  ["grad-input-depthwise-last-row"] = {"grad-input-last-row", "it is depthwise and rows have a stride"},
  ["grad-weight-strided-last-row"] = {"grad-weight-last-row", "rows have a stride"},
} do same[mutant] = mistake end

-- What these get wrong is no result that can be predicted.
local left_out = {rejection = true, initialisation = true}

-- Mutants whose effects are those of effects.h, and cases by which mutants died: {[name] = list of ids}.
local of_effects, killers = {}, {}
for line in io.lines("build/mutants/EFFECTS") do of_effects[line:match "^[^\t]*"] = true end
for line in io.lines(cts.root .. "/tests/mutants/killers.tsv") do
  local name, id = line:match "^([^\t]*)\t([^\t]*)"
  killers[name] = killers[name] or {}
  table.insert(killers[name], id)
end

-- Groups whose mistakes hang on sizes.
local of_sizes = require("mutants").of_sizes

-- {{name =, backward =, sized =}, ...}
local function mutants()
  local list, chosen = {}, {}
  for _, name in ipairs(arg) do chosen[name] = true end
  for line in io.lines("build/mutants/LIST") do
    local name, group = line:match("^([^\t]*)\t([^\t]*)\t")
    if #arg > 0 and (chosen[name] or chosen[group]) or #arg == 0 and not left_out[group] then
      list[#list + 1] = {name = name, backward = group == "backward", sized = of_sizes[group]}
    end
  end
  return list
end

-- The first case of the quick tier that the mutant fails.
local function first_failure(tested, cases)
  for _, c in ipairs(cases) do
    if tested:test(c).class == "failed" then return c end
  end
end

local SECONDS = tonumber(os.getenv "EXPLAIN_SECONDS") or 120

local listed = {}
local lists = {require "explain.mistakes", require "explain.shapes"}
for _, list in pairs(require "explain.mistakes.backward") do lists[#lists + 1] = list end
for _, list in ipairs(lists) do
  for _, h in ipairs(list) do listed[h.name] = true end
end

-- The smallest of the cases by which a mutant died that it fails.
local function first_killer(tested, name)
  local list = {}
  for _, id in ipairs(killers[name] or {}) do
    local c = case.parse(id)
    if (c.direction == "forward" or c.direction == "backward") and c:expect().status == "ok" then
      local products, elements = points.cost(points.of(c))
      list[#list + 1] = {case = c, cost = products + 10 * elements}
    end
  end
  table.sort(list, function(a, b) return a.cost < b.cost end)
  for _, k in ipairs(list) do
    if tested:test(k.case).class == "failed" then return k.case end
  end
end

local NEAR, FAR, LARGE = 60, 120, 2000000 -- unseen cases where a condition holds, and elsewhere; products of each at most

-- Whether a finding foretells what it has not seen: "right", "wrong" and the case, nil if too few cases tell.
local function checked(tested, found, name, pool)
  local near, far, tells = 0, 0, 0
  local step = 7 + #name % 5
  local function ask(c)
    local says = explain.foretells(tested, found, c)
    tells = tells + (says and 1 or 0)
    return says == "wrong"
  end
  for _, id in ipairs(killers[name] or {}) do
    local c = case.parse(id)
    if points.cost(points.of(c)) <= LARGE and ask(c) then return "wrong", c end
  end
  for i = 1, #pool do
    local c = pool[(i * step) % #pool + 1]
    local holds = not found.test or found.test(points.view(points.of(c)))
    if holds and near < NEAR or not holds and far < FAR then
      local before = tells
      if ask(c) then return "wrong", c end
      local share = tells > before and 1 or 0.1
      if holds then near = near + share else far = far + share end
    end
  end
  return tells >= 3 and "right" or nil
end

local function expected(name)
  if of_effects[name] then return {name} end
  if same[name] then return listed[same[name][1]] and same[name] or nil end
  return listed[name] and {name} or nil
end

local function describe(found)
  if not found.mistakes then return found.kind end
  local names = {}
  for i, h in ipairs(found.mistakes) do names[i] = h.name end
  return table.concat(names, " + ") .. (found.condition and ", where " .. found.condition or "")
end

-- Small ones: the score is about explaining, not about finding.
local function is_small(c)
  local elements = c.out_channels * c.kernel_size[1] * c.kernel_size[2]
  for _, n in ipairs(c.input) do elements = elements * n end
  return (c.direction == "forward" or c.direction == "backward") and elements > 0 and elements < 20000 and c:expect().status == "ok"
end

local files = {"forward", "stride", "padding", "dilation", "groups", "bias", "reflect", "replicate", "circular",
  "same", "layout", "dtypes", "integers", "batch", "shapes", "pairs", "sweeps/interactions", "special", "subnormals", "precision",
  "backward"}
for i, name in ipairs(files) do files[i] = cts.root .. "/cases/" .. name .. ".yaml" end
local cases = {forward = {}, backward = {}}
for c in suite.load(files, {tier = "quick", filter = is_small}):cases() do table.insert(cases[c.direction], c) end

-- Cases of real sizes, on which findings are checked beside the small ones.
local function is_affordable(c)
  return (c.direction == "forward" or c.direction == "backward") and not c.dtype:find "complex" and c:expect().status == "ok"
    and points.cost(points.of(c)) <= LARGE
end
local sized_files = {"blocks", "channels", "widths", "grouped", "options", "edges", "strided-rows", "patches", "even-kernels"}
for i, name in ipairs(sized_files) do sized_files[i] = cts.root .. "/cases/sweeps/" .. name .. ".yaml" end
local pools = {}
for direction, list in pairs(cases) do pools[direction] = table.move(list, 1, #list, 1, {}) end
for c in suite.load(sized_files, {tier = "quick", filter = is_affordable}):cases() do table.insert(pools[c.direction], c) end

local function is_named(found, want)
  return found.mistakes and #found.mistakes == 1 and found.mistakes[1].name == want[1] and found.condition == want[2]
end

local known, right, wrong, silent, others, start = 0, 0, 0, 0, 0, cts.now()
for _, mutant in ipairs(mutants()) do
  local name, began = mutant.name, cts.now()
  local tested = subject.open {path = "build/mutants/" .. name .. ".so"}
  local c, want = nil, expected(name)
  if mutant.sized then c = first_killer(tested, name) end
  c = c or first_failure(tested, mutant.backward and cases.backward or cases.forward)
  if c then
    local found = explain.search(tested, c, SECONDS) -- the score is about names, on a machine that others share
    local text, note = describe(found), "ok"
    if found.kind == "silent" then want = nil end -- no answer, so nothing to explain
    local says, counterexample
    if found.kind == "explained" and not found.mistakes[1].name:find "^complex" then
      says, counterexample = checked(tested, found, name, found.gradients and pools.backward or pools.forward)
    end
    known = known + (want and 1 or 0)
    if says == "wrong" then
      wrong = wrong + 1
      note = "WRONG"
      text = text .. " {but " .. counterexample.id .. "}"
    elseif found.kind == "explained" and (says == "right" or want and is_named(found, want)) then
      if want then right = right + 1 else others = others + 1 end
      note = want and "ok" or "ok, beside the list"
    elseif want then
      note = "MISSED"
    else
      silent = silent + 1
      note = "ok, not named"
    end
    print(("%-20s %-36s %s  [%s] %.0f s"):format(note, name, text, found.case.id, cts.now() - began))
    io.flush()
  elseif want then
    print(("%-20s %-36s fails no case that is tried"):format("-", name))
  end
end
print(("explain names %d of %d mutants whose mistake is in its list (%.1f %%), %d others, %d rightly not, %d wrongly; %.0f s")
  :format(right, known, 100 * right / math.max(known, 1), others, silent, wrong, cts.now() - start))
return wrong == 0 and right >= 0.9 * known and 0 or 1
