-- translate.lua FILE: a C file as WP can read it: each expression of 128 bits becomes a call of a
-- function whose contract says what it means (exact_contracts.h), and so do copies of all digits. Every line
-- must be found, once.

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
    { "memcpy(digit, sum->digit, sizeof sum->digit);", "copy_digits(digit, sum->digit);" },
    { "memcpy(digit, sum->digit, sizeof digit);", "copy_digits(digit, sum->digit);" },
    -- Steps on the provers' way, which say nothing to a reader of the code.
    { "assert copied{Pre,Here}(&sum->digit[0], digit);", "assert copied{Pre,Here}(&sum->digit[0], digit);\n"
      .. "  //@ assert value(digit, EXACT_DIGITS) == \\at(sum_of(sum), Pre);" },
    { "assert copied{Pre,Here}(&sum->digit[0], &digit[0]);", "assert copied{Pre,Here}(&sum->digit[0], &digit[0]);\n"
      .. "  //@ assert value(&digit[0], EXACT_DIGITS) == \\at(sum_of(sum), Pre);" },
    { "if (digit[EXACT_DIGITS - 1] >= 0)", "//@ assert value(digit, EXACT_DIGITS) == \\at(sum_of(sum), Pre);\n"
      .. "  if (digit[EXACT_DIGITS - 1] >= 0)" },
    { "digit[i] = -digit[i];\n", "digit[i] = -digit[i];\n"
      .. "  //@ assert value(digit, EXACT_DIGITS) == -\\at(sum_of(sum), Pre);\n" },
    { "return bits_from(digit, -EXACT_LOWEST);", "//@ assert value(&digit[0], EXACT_DIGITS) == \\at(sum_of(sum), Pre);\n"
      .. "  return bits_from(digit, -EXACT_LOWEST);" },
    { "position of the last bit that is kept */", "position of the last bit that is kept */\n"
      .. "  //@ assert 0 <= bits(digit, last) < two(t->fraction + 1);" },
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
if name == "exact" then
  -- What rounds is next door.
  io.write("\n", read("oracle/type.c"):match("\nuint64_t round_bits .-\n}\n"))
end
