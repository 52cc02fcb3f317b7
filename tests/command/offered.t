#!/usr/bin/env lua5.4
-- offered.t: for a subject that offers less than all, and for a filter, a run has cases beside those of the
-- suite, until what can be judged is covered; the suite's own stay, and a subject that offers all has these alone.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()

-- A subject that only computes with float32, NCHW, zeros; backward, too, if it has a grad_weight.
tap.write(folder .. "/narrow.c", [==[
#include <conv2d_abi.h>
static int32_t shape (const conv2d_params *p, int32_t ndim, const int64_t *in, int64_t *out) {
  return CONV2D_UNSUPPORTED;
}
static int32_t forward (const conv2d_params *p, const DLTensor *x, const DLTensor *w, const DLTensor *b, DLTensor *y) {
  return CONV2D_UNSUPPORTED;
}
static int32_t backward (const conv2d_params *p, const DLTensor *x, const DLTensor *w, const DLTensor *g, DLTensor *gx,
                         DLTensor *gw, DLTensor *gb) {
  return CONV2D_UNSUPPORTED;
}
static const conv2d_capabilities offers = { CONV2D_F32, CONV2D_NCHW, 1 << CONV2D_ZEROS, CONV2D_FORWARD | CONV2D_BACKWARD };
CONV2D_IMPLEMENT (.name = "narrow", .version = "1", .output_shape = shape, .forward = forward, .backward = backward,
                  .capabilities = &offers);
]==])
local built = tap.shell(("gcc -w -shared -fPIC -Iinclude -o %s/narrow.so %s/narrow.c"):format(folder, folder))
tap.is(built, 0, "the subject compiles")

tap.write(folder .. "/count.lua", [==[
local path, file = arg[1], arg[2]
local filter = arg[3] == "groups" and function(c) return c.groups > 1 end or nil
local plain, mine = suite.load(file, {tier = "quick", filter = filter, filter_keys = filter and {"groups"}}), {}
local wide = suite.load(file, {tier = "quick", filter = filter, filter_keys = filter and {"groups"}})
wide:within(subject.open {path = path})
for c in wide:cases() do mine[#mine + 1] = c end
local i, kept = 0, true
for c in plain:cases() do
  i = i + 1
  kept = kept and mine[i].id == c.id
end
local offered, backward, added_good = 0, 0, true
for k, c in ipairs(mine) do
  local good = c.dtype == "float32" and c.layout == "nchw" and c.padding_mode == "zeros"
  if k > i then added_good = added_good and good and c:expect().status == "ok" and not (filter and not filter(c)) end
  if good then
    offered = offered + 1
    if c.direction == "backward" then backward = backward + 1 end
  end
end
print(i, #mine, kept, added_good, offered, backward, wide:count() == #mine, wide:hash() == plain:hash())
-- what the run says is what is measured
for _, o in ipairs(wide:offered()) do
  for _, s in ipairs(o) do
    for _, m in ipairs(wide:coverage(s.strength)) do
      if m.file == o.file then print(s.strength, s.valid, s.covered, m.valid, m.covered) end
    end
  end
end
]==])

local function count(path, file, filter)
  local _, out, err = tap.run(("lua %s/count.lua %s %s %s"):format(folder, path, file, filter or ""))
  local words, strengths = {}, {}
  for word in out:match("[^\n]*"):gmatch "%S+" do words[#words + 1] = tonumber(word) or word end
  for line in out:gmatch "\n([%d\t]+)" do
    local n = {}
    for word in line:gmatch "%d+" do n[#n + 1] = tonumber(word) end
    strengths[#strengths + 1] = n
  end
  if #words < 8 then print("# " .. err) end
  return words, strengths
end

for _, name in ipairs {"interactions", "channels", "widths"} do
  local path = "cases/sweeps/" .. name .. ".yaml"
  local w, s = count(folder .. "/narrow.so", path)
  tap.ok(w[2] > w[1] and w[3] == "true", name .. ": the suite's cases come first, and others follow")
  tap.ok(w[4] == "true", name .. ": those are offered, and valid")
  tap.ok(w[5] >= w[1] * 0.9 and w[6] >= w[5] * 0.3, ("%s: %d of them can be judged, %d backward, for %d in the suite"):format(name,
    w[5], w[6], w[1]))
  tap.ok(w[7] == "true" and w[8] == "false", name .. ": they are counted, and have a hash of their own")
  tap.ok(#s >= 1 and s[1][2] == s[1][3], name .. ": what is offered is covered at the suite's strength")
  for _, n in ipairs(s) do
    tap.ok(n[2] == n[4] and n[3] == n[5], ("%s: as much as is measured of %d values"):format(name, n[1]))
  end

  local full = count("build/adapters/naive.so", path)
  tap.ok(full[1] == full[2] and full[8] == "true", name .. ": a subject that offers all has the suite alone")
end

local w, s = count("build/adapters/naive.so", "cases/sweeps/interactions.yaml", "groups")
tap.ok(w[2] > w[1] and w[3] == "true", "a filter gets cases of its own, too, behind those that it leaves")
tap.ok(#s == 1 and s[1][2] == s[1][3] and s[1][3] == s[1][5], "and all combinations, at the suite's strength only")

local filter = "--filter 'groups > 1 and dtype == \"float32\"' cases/sweeps/interactions.yaml"
local _, listed = tap.run("list --tier quick --count " .. filter)
local _, out = tap.run("run --tier quick --impl build/adapters/naive.so " .. filter)
tap.ok(out:find("of what can be judged, sweeps/interactions.yaml covers all [%d,]+ combinations of 3 values; [%d,]+ of its cases, "
  .. "[%d,]+ chosen for it\n"), "a run says what it covers")
tap.ok(tonumber((out:match("([%d,]+) cases, [%d,]+ outputs"):gsub(",", ""))) > tonumber(listed), "and runs more than list has")
_, out = tap.run("run --tap --tier quick --impl build/adapters/naive.so " .. filter)
local plan = tonumber(out:match("\n1%.%.(%d+)\n"))
tap.ok(plan and plan > tonumber(listed) and select(2, out:gsub("\nok ", "")) == plan and out:find("\n# of what can be judged"),
  "under TAP its plan has them all")
_, out = tap.run("run --tier quick --impl build/adapters/naive.so --filter 'id:find(\"g=2\")' cases/sweeps/interactions.yaml")
tap.ok(out:find(" conforms: ") and not out:find("can be judged"), "a filter on more than keys adds nothing")

tap.done()
