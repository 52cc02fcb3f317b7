-- imports.lua: run by script.c: files of other programs, made of the bytes of a document, each a decision, as `import`
-- reads them. What it takes must be a case file that the suite reads, with as many cases as were announced.

local casefile, layer = require "import.casefile", require "import.layer"
local models, records = require "import.onnx", require "import.records"
local line_readers = {require "import.verbose", require "import.miopen", require "import.benchdnn"}

local path = io.popen("mktemp"):read "l"

local bytes, at

-- A number from 0 to n - 1; 0 when the bytes are used up.
local function pick(n)
  at = at + 1
  return (bytes:byte(at) or 0) % n
end
local function errs() return pick(24) == 23 end
local function one_of(list) return list[pick(#list) + 1] end

local numbers = {"0", "-1", "4294967296", "9223372036854775807", "9223372036854775808", "1e9", "0x10", "2.5", "", "nan", "\0", "é", '"', "\27[31m"}
local function number(most) return errs() and one_of(numbers) or tostring(1 + pick(most)) end

local fields = {"mb", "ic", "oc", "ih", "oh", "kh", "kw", "iw", "sh", "ph", "dh", "g", "id", "kd", "pw", "dw", "n"}

local function problem()
  local text = ("mb%sic%sih%soc%skh%s"):format(number(3), number(8), number(12), number(8), number(4))
  for _ = 1, pick(4) do text = text .. (errs() and "_" or "") .. one_of(fields) .. number(4) end
  return text .. (pick(3) == 2 and 'n"a:' .. number(9) .. '"' or "")
end

local function benchdnn_line()
  local options = {"--dir=BWD_WB", "--dt=bf16", "--dt=s8:s8:s32", "--stag=axb", "--reset", "--cfg=f16", "--mb=" .. number(4), "--batch=x", "--", "#"}
  return one_of {"", "", "", one_of(options) .. " "} .. problem()
end

local function verbose_line()
  return ("%s,%s,%s,%s,jit:avx2,%s,src:%s::blocked:%s::f0 wei:%s::blocked:abcd::f0 dst:f32::blocked:abcd::f0,%s,%s,%s,0.1"):format(
    one_of {"onednn_verbose", "onednn_verbose,v1,primitive", "dnnl_verbose"}, one_of {"exec", "create", "primitive,exec"},
    one_of {"cpu", "gpu"}, one_of {"convolution", "convolution", "deconvolution"},
    one_of {"forward_training", "backward_data", "backward_weights", number(3)}, one_of {"f32", "bf16", "s8", number(3)},
    one_of {"abcd", "acdb", "nChw16c", number(2)}, one_of {"f32", "s8"}, one_of {"", "attr-scratchpad:user"}, one_of {"alg:convolution_direct", ""},
    problem())
end

local function miopen_line()
  local text = one_of {"./bin/MIOpenDriver ", "MIOpenDriver ", ""} .. one_of {"conv", "convfp16", "convbfp16", "convint8", "pool"}
  local options = {"-n", "-c", "-H", "-W", "-k", "-y", "-x", "-p", "-q", "-u", "-v", "-l", "-j", "-g", "-F", "-b", "--pad_h", "--forw", "-z"}
  for _ = 1, pick(12) do text = text .. " " .. one_of(options) .. " " .. number(6) end
  if pick(4) == 3 then text = text .. " -m " .. one_of {"conv", "trans"} .. " -I " .. one_of {"NCHW", "NHWC", "x"} end
  return text
end

local function record()
  local values = {"[1,3,8,8]", "[3,8,8]", "[1,3]", "[]", "{}", "null", "true", '"same"', '"valid"', '"float16"', '"reflect"', "[2,3]", "[1,-1]", "1e400",
    '"\\u0000"', "3", "0"}
  local parts = {'"input":' .. (errs() and one_of(values) or ("[%s,%s,%s,%s]"):format(number(2), number(4), number(9), number(9))),
    '"out_channels":' .. number(4), '"kernel_size":' .. number(3)}
  for _ = 1, pick(4) do
    parts[#parts + 1] = ('"%s":%s'):format(one_of {"stride", "padding", "dilation", "groups", "bias", "padding_mode", "dtype", "name", "in_channels", "x"},
      pick(2) == 1 and one_of(values) or number(3))
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function many(make, separator)
  local list = {}
  for i = 1, 1 + pick(4) do list[i] = make() end
  return table.concat(list, separator)
end

-- ---- the readers

local function read_lines(text)
  local entries, readers = {}, {}
  for i, reader in ipairs(line_readers) do readers[i] = reader.reader() end
  for line in (text .. "\n"):gmatch "(.-)\r?\n" do
    for _, read in ipairs(readers) do
      local found = read(line, "file:1")
      if found then
        table.move(found, 1, #found, #entries + 1, entries)
        break
      end
    end
  end
  return entries
end

local function write(text)
  local f = assert(io.open(path, "wb"))
  f:write(text)
  f:close()
end

local function entries_of(kind)
  if kind == 0 then
    write(bytes:sub(2))
    return models.read(path, {N = 1})
  end
  local text = kind == 1 and "[" .. many(record, ",") .. (errs() and "" or "]")
    or many(({benchdnn_line, verbose_line, miopen_line})[kind - 1], errs() and "\r\n" or "\n")
  return kind == 1 and records.read(path, text) or read_lines(text)
end

local function check(entries)
  local good = {}
  for _, entry in ipairs(entries) do
    entry = layer.check(entry)
    if not entry.left_out then good[#good + 1] = entry end
  end
  if #good == 0 then cts.fail(4, "nothing") end
  local text, count = casefile.text("Convolutions of \27 file", good, {})
  write(text)
  local s = suite.load(path, {tier = "full"})
  if s:count() ~= count then error(("%d cases announced, %d read of:\n%s"):format(count, s:count(), text)) end
end

return function(document)
  local f = io.open(document, "rb")
  bytes, at = f:read "a", 0
  f:close()
  check(entries_of(pick(5)))
end
