-- npy.lua: NumPy's .npy files as tensors, and back: formats 1.0 to 3.0, C and Fortran order.
-- What is not a plain numeric array is an error that says what it is.

local npy = {}

local dtypes = {
  f4 = {"float32", "<f"}, f8 = {"float64", "<d"}, i1 = {"int8", "<i1"}, u1 = {"uint8", "<I1"},
  i2 = {"int16", "<i2"}, i4 = {"int32", "<i4"}, i8 = {"int64", "<i8"},
}

local function fail(path, ...) cts.fail(2, path .. ": " .. string.format(...)) end

-- The header's text, and where the elements begin.
local function header_of(path, bytes)
  if bytes:sub(1, 6) ~= "\x93NUMPY" then fail(path, "not a .npy file") end
  local major = bytes:byte(7)
  if not major or major < 1 or major > 3 then fail(path, "format %s is not read, 1.0 to 3.0 are", tostring(major)) end
  local width = major == 1 and 2 or 4
  if #bytes < 8 + width then fail(path, "ends in its header") end
  local length = string.unpack("<I" .. width, bytes, 9)
  if #bytes < 8 + width + length then fail(path, "ends in its header") end
  return bytes:sub(9 + width, 8 + width + length), 9 + width + length
end

-- Fortran order: the first index runs fastest. f (row-major index, index in the file).
local function each_element(shape, fortran, f)
  local count = 1
  for _, n in ipairs(shape) do count = count * n end
  for at = 0, count - 1 do
    local from, rest, step = at, at, 1
    if fortran then
      local index = {}
      for a = #shape, 1, -1 do
        index[a] = rest % shape[a]
        rest = rest // shape[a]
      end
      from = 0
      for a = 1, #shape do
        from = from + index[a] * step
        step = step * shape[a]
      end
    end
    f(at + 1, from)
  end
end

--- The array of a file as a tensor.
function npy.read(path)
  local f, message = io.open(path, "rb")
  if not f then cts.fail(2, message) end
  local bytes = f:read("a")
  f:close()
  local header, first = header_of(path, bytes)
  local order, code = header:match("'descr':%s*'([<>|=])(%a%d+)'")
  local kind = dtypes[code]
  if not kind then fail(path, "elements of type %s are not read", header:match("'descr':%s*([^,]*),") or "?") end
  local shape = {}
  for n in (header:match("'shape':%s*%(([^)]*)%)") or fail(path, "no shape")):gmatch("%d+") do
    shape[#shape + 1] = math.tointeger(tonumber(n))
  end
  local format = order == ">" and kind[2]:gsub("<", ">") or kind[2]
  local size = string.packsize(format)
  local t = tensor.new(shape, kind[1])
  if #bytes - first + 1 ~= #t * size then fail(path, "%d bytes of elements, %d are expected", #bytes - first + 1, #t * size) end
  each_element(shape, header:find("'fortran_order':%s*True") ~= nil, function(at, from)
    t[at] = string.unpack(format, bytes, first + from * size)
  end)
  return t
end

--- Writes a tensor, in C order, format 1.0. float16 and bfloat16 become float32.
function npy.write(path, t)
  local code, format = "f4", "<f"
  for name, kind in pairs(dtypes) do if kind[1] == t.dtype then code, format = name, kind[2] end end
  local shape = table.concat(t.shape, ", ") .. (#t.shape == 1 and "," or "")
  local header = ("{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }"):format(
    string.packsize(format) == 1 and "|" or "<", code, shape)
  header = header .. (" "):rep(-(10 + #header + 1) % 64) .. "\n"
  local f, message = io.open(path, "wb")
  if not f then cts.fail(2, message) end
  f:write("\x93NUMPY\1\0", string.pack("<I2", #header), header)
  local integer = not code:find "f"
  for i = 1, #t do f:write(string.pack(format, integer and math.tointeger(t[i]) or t[i])) end
  f:close()
end

return npy
