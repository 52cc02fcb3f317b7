#!/usr/bin/env lua5.4
-- oracle.t: the oracle on .npy files: every dtype, both orders, all formats, and files that are not .npy files.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

-- An .npy file of format `version` from values in row-major order.
local function npy(name, version, descr, format, shape, fortran, values)
  local dims = {}
  for i, n in ipairs(shape) do dims[i] = n .. "," end
  local header = ("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }"):format(descr,
    fortran and "True" or "False", table.concat(dims, " "))
  header = header .. (" "):rep((64 - (12 + #header + 1) % 64) % 64) .. "\n"
  local data = {}
  for i = 1, #values do
    local at, rest, step = 0, i - 1, #values
    for a = #shape, 1, -1 do -- the first axis runs fastest
      step = step // shape[a]
      at = at + rest % shape[a] * step
      rest = rest // shape[a]
    end
    data[fortran and at + 1 or i] = string.pack("<" .. format, values[i])
  end
  local path = folder .. "/" .. name
  tap.write(path, "\x93NUMPY" .. string.pack("BB", version, 0)
    .. string.pack(version == 1 and "<I2" or "<I4", #header) .. header .. table.concat(data))
  return path
end

-- The values of an .npy file of format 1.0.
local function values_of(path, format)
  local text = tap.read(path)
  local size, list = string.unpack("<I2", text, 9), {}
  local at = 11 + size
  while at <= #text do
    list[#list + 1], at = string.unpack("<" .. format, text, at)
  end
  return list, text:match("'shape': (%b())"), text:match("'descr': '(%S+)'")
end

local x, w = {}, {1, -2, 3, 4}
for i = 1, 12 do x[i] = i end
-- a 3x4 input under the 2x2 kernel [1 -2; 3 4]
local want = {}
for i = 0, 1 do
  for j = 0, 2 do
    local function at(r, c) return x[(i + r) * 4 + j + c + 1] end
    want[#want + 1] = at(0, 0) - 2 * at(0, 1) + 3 * at(1, 0) + 4 * at(1, 1)
  end
end

-- float16 of small integers: string.pack has none
local function half(v) -- of an integer from -16 to 16
  if v == 0 then return 0 end
  local e = math.floor(math.log(math.abs(v), 2))
  return (v < 0 and 0x8000 or 0) + ((e + 15) << 10) + math.tointeger((math.abs(v) / 2 ^ e - 1) * 1024)
end
local function map(list, f)
  local out = {}
  for i, v in ipairs(list) do out[i] = f(v) end
  return out
end

local dtypes = {{"<f4", "f"}, {"<f8", "d"}, {"|i1", "i1"}, {"<i2", "i2"}, {"<i4", "i4"}, {"<i8", "i8"}}
for _, t in ipairs(dtypes) do
  for version = 1, 3 do
    local fortran = version ~= 2
    local input = npy("x.npy", version, t[1], t[2], {1, 1, 3, 4}, fortran, x)
    local weight = npy("w.npy", version, t[1], t[2], {1, 1, 2, 2}, fortran, w)
    local out = folder .. "/y.npy"
    local status, _, err = tap.run(("oracle --input %s --weight %s -o %s"):format(input, weight, out))
    local name = ("%s, format %d.0, %s order"):format(t[1], version, fortran and "Fortran" or "C")
    if tap.ok(status == 0, name) then
      local got, shape, descr = values_of(out, t[2])
      tap.is(table.concat(map(got, math.tointeger), " "), table.concat(want, " "), name .. ": values")
      tap.is(shape .. descr, "(1, 1, 2, 3,)" .. t[1], name .. ": shape and dtype")
    else
      print("# " .. err)
    end
  end
end

local hx = npy("hx.npy", 1, "<f2", "I2", {1, 1, 3, 4}, false, map(x, half))
local hw = npy("hw.npy", 1, "<f2", "I2", {1, 1, 2, 2}, false, map(w, half))
tap.is(tap.run(("oracle --input %s --weight %s -o %s/h.npy"):format(hx, hw, folder)), 0, "float16")
local bx = npy("bx.npy", 1, "<V2", "I2", {1, 1, 1, 1}, false, {0x4040}) -- 3 in bfloat16
tap.is(tap.run(("oracle --input %s --weight %s -o %s/b.npy"):format(bx, bx, folder)), 0, "bfloat16")
tap.is(values_of(folder .. "/b.npy", "I2")[1], 0x4110, "bfloat16: 3 * 3 is 9")

local fx = npy("fx.npy", 1, "<f4", "f", {1, 1, 3, 4}, false, x)
local fw = npy("fw.npy", 1, "<f4", "f", {1, 1, 2, 2}, false, w)
local call = ("oracle --input %s --weight %s "):format(fx, fw)
tap.is(tap.run(call .. "--padding same --padding-mode reflect --details -o " .. folder .. "/d.npy"), 0, "options")
tap.is(select(2, values_of(folder .. "/d.scale.npy", "d")), "(1, 1, 3, 4,)", "the sum of |products| beside it")
tap.ok(values_of(folder .. "/d.bound.npy", "d")[1] > 0, "and the bound")

local grad = npy("g.npy", 1, "<f4", "f", {1, 1, 2, 3}, false, {1, 1, 1, 1, 1, 1})
tap.is(tap.run(call .. ("--grad-output %s --grad-weight %s/gw.npy --grad-bias %s/gb.npy"):format(grad, folder, folder)), 0, "gradients")
tap.is(table.concat(map(values_of(folder .. "/gw.npy", "f"), math.tointeger), " "), "24 30 48 54", "grad_weight")
tap.is(values_of(folder .. "/gb.npy", "f")[1], 6.0, "grad_bias")

local whole = tap.read(fx)
local function broken(name, text)
  tap.write(folder .. "/" .. name, text)
  return folder .. "/" .. name
end
local mistakes = {
  {broken("empty.npy", ""), "not a .npy file"},
  {broken("magic.npy", "NUMPY!" .. whole), "not a .npy file"},
  {broken("version.npy", "\x93NUMPY\4\0" .. whole:sub(9)), "format 4.0 is unknown"},
  {broken("header.npy", whole:sub(1, 40)), "truncated within the header"},
  {broken("short.npy", whole:sub(1, -2)), "truncated: the shape takes 48 bytes of data, 47 are there"},
  {broken("long.npy", whole .. "x"), "too long: the shape takes 48 bytes of data, 49 are there"},
  {npy("big.npy", 1, ">f4", "f", {1}, false, {1}), "big-endian"},
  {npy("complex.npy", 1, "<c32", "d", {1}, false, {1}), "descr: none of"},
  {npy("axes.npy", 1, "<f4", "f", {1, 1, 1, 1, 1, 1, 1}, false, {1}), "more than 6 axes"},
  {broken("huge.npy", (whole:gsub("%(1, 1, 3, 4,%)", "(9999999999999999999,)"))), "does not fit 64 bits"},
  {broken("keys.npy", (whole:gsub("'descr'", "'shape'"))), "a tuple is expected"},
  {broken("word.npy", (whole:gsub("False", "Maybe"))), "True or False is expected"},
  {folder, "not a .npy file"},
  {"/nowhere.npy", "No such file or directory"},
}
for _, m in ipairs(mistakes) do
  local status, _, err = tap.run(("oracle --input %s --weight %s -o %s/n.npy"):format(m[1], fw, folder))
  tap.is(status, 2, "status of " .. m[1]:gsub(folder .. "/?", ""))
  tap.has(err, m[2], "message of " .. m[1]:gsub(folder .. "/?", ""))
end

for _, m in ipairs {{"--groups 2", 2, "VALID-2"}, {"--padding much", 2, "--padding: an integer or a pair"}, {"--stride 0", 2, "VALID-8"}} do
  local status, _, err = tap.run(call .. m[1] .. " -o " .. folder .. "/n.npy")
  tap.is(status, m[2], m[1])
  tap.has(err, m[3], m[1] .. ": message")
end
tap.is(tap.run(call .. "-o /dev/full"), 3, "a full device")
tap.is(tap.shell("test -c /dev/full"), 0, "is still a device")

tap.done()
