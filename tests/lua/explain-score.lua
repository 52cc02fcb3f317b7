-- explain-score.lua: on how many mutants does explain name the mistake?
-- conv2d-cts lua tests/lua/explain-score.lua [MUTANT ...]; `make explain-score`. A mutant counts if its
-- mistake is in the list, by its name or by the table below; all others must not be explained wrongly.

local explain = require "explain.explain"

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

-- {{name =, backward =}, ...}
local function mutants()
  local list, chosen = {}, {}
  for _, name in ipairs(arg) do chosen[name] = true end
  for line in io.lines("build/mutants/LIST") do
    local name, group = line:match("^([^\t]*)\t([^\t]*)\t")
    if #arg > 0 and chosen[name] or #arg == 0 and not left_out[group] then
      list[#list + 1] = {name = name, backward = group == "backward"}
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

local listed = {}
local lists = {require "explain.mistakes", require "explain.shapes"}
for _, list in pairs(require "explain.mistakes.backward") do lists[#lists + 1] = list end
for _, list in ipairs(lists) do
  for _, h in ipairs(list) do listed[h.name] = true end
end

local function expected(name)
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
local known, right, wrong, silent, placed, start = 0, 0, 0, 0, 0, cts.now()
for _, mutant in ipairs(mutants()) do
  local name = mutant.name
  local tested = subject.open {path = "build/mutants/" .. name .. ".so"}
  local c, want = first_failure(tested, mutant.backward and cases.backward or cases.forward), expected(name)
  if c then
    local found = explain.search(tested, c, 300) -- the score is about names, on a machine that others share
    local text = describe(found)
    local good = want and found.mistakes and #found.mistakes == 1 and found.mistakes[1].name == want[1]
      and found.condition == want[2]
    if found.kind == "silent" then want = nil end -- no answer, so nothing to explain
    known = known + (want and 1 or 0)
    right = right + (good and 1 or 0)
    local note = good and "ok" or want and "MISSED"
    if found.kind == "explained" and found.mistakes[1].place then
      -- where the wrong elements lie, which was compared with every answer; it is no name of the mistake
      placed = placed + 1
      note = want and note or "ok, a place"
    elseif found.kind == "explained" and not good then
      wrong = wrong + 1
      note = "WRONG"
    elseif not want then
      silent = silent + 1
      note = "ok, not in the list"
    end
    print(("%-20s %-36s %s%s"):format(note, name, text, note == "ok" and "" or "  [" .. found.case.id .. "]"))
    io.flush()
  elseif want then
    print(("%-20s %-36s fails no case of the quick tier"):format("-", name))
  end
end
print(("explain names %d of %d mutants whose mistake is in its list (%.1f %%), %d others rightly not, %d by place, %d wrongly; %.0f s")
  :format(right, known, 100 * right / math.max(known, 1), silent, placed, wrong, cts.now() - start))
return wrong == 0 and right >= 0.9 * known and 0 or 1
