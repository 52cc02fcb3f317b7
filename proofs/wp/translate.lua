-- translate.lua FILE: a C file as WP can read it: each expression of 128 bits becomes a call of a
-- function whose contract says what it means (exact.h). Every line must be found, once.

local lines = {
  exact = {
    { "__extension__ typedef unsigned __int128 uint128;", "" },
    { "(uint128) (uint64_t) m << position % 32", "wide_left(wide_of(wide_low(m)), position % 32)" },
    { "(m >> 64) << position % 32", "wide_left(wide_high(m), position % 32)" },
    { "(uint32_t) (low >> 32 * i)", "wide_digit(low, (unsigned) i)" },
    { "(uint32_t) (high >> 32 * i)", "wide_digit(high, (unsigned) i)" },
    { "(uint128) a.magnitude * b.magnitude", "wide_product(a.magnitude, b.magnitude)" },
    { "uint128 window = 0;", "uint128 window = wide_of(0);" },
    { "window << 32 | (at < EXACT_DIGITS ? (uint64_t) digit[at] : 0);",
      "wide_append(window, at < EXACT_DIGITS ? (uint64_t) digit[at] : 0);" },
    { "(uint64_t) (window >> position % 32)", "wide_part(window, (unsigned) (position % 32))" },
  },
}

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local path = arg[1]
local text = read(path)
for _, line in ipairs(lines[path:match("([%w_]+)%.c$")] or {}) do
  local from, to = text:find(line[1], 1, true)
  if not from or text:find(line[1], to + 1, true) then
    io.stderr:write(path, ": translate.lua expects this once: ", line[1], "\n")
    os.exit(1)
  end
  text = text:sub(1, from - 1) .. line[2] .. text:sub(to + 1)
end
-- ACSL has a type of this name.
text = text:gsub("%f[%w_]sign%f[^%w_]", "signum")

-- Contracts come where the types and constants that they speak of are known.
local after = { exact = "enum { CARRY_AFTER[^\n]*\n" }
local name = path:match("([%w_]+)%.c$")
text = text:gsub(after[name], function (line)
  return line .. '#include "proofs/wp/' .. name .. '_contracts.h"\n'
end, 1)
io.write(text)
