-- translate.lua FILE: a C file as WP can read it: each expression of 128 bits becomes a call of a
-- function whose contract says what it means (exact_contracts.h), and so do copies of all digits. Every line
-- must be found, once.

package.path = "proofs/?.lua;" .. package.path
local source = require "source"

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
  geometry = {
    { "return padded(a, place", "//@ assert stays(place, tap, a->output, a->stride, a->kernel, a->dilation);\n"
      .. "  return padded(a, place" },
  },
  check = {
    { "__extension__ typedef __int128 wide;", "#include \"proofs/wp/wide.h\"" },
    { "wide before = total / 2 - (total % 2 < 0);", "wide before = wide_minus(wide_over(total, wide_of(2)), "
      .. "wide_of(wide_less(wide_rest(total, wide_of(2)), wide_of(0))));" },
    { "{ before, total - before }", "{ before, wide_minus(total, before) }" },
    { "(wide) p->dilation[i] * ((wide) p->kernel_size[i] - 1)",
      "wide_times(wide_of(p->dilation[i]), wide_minus(wide_of(p->kernel_size[i]), wide_of(1)))" },
    { "(margin){ 0, 0 }", "(margin){ wide_of(0), wide_of(0) }" },
    { "(margin){ p->padding[i], p->padding[i] }", "(margin){ wide_of(p->padding[i]), wide_of(p->padding[i]) }" },
    { "INT64_MIN <= x && x <= INT64_MAX", "!wide_less(x, wide_of(INT64_MIN)) && !wide_less(wide_of(INT64_MAX), x)" },
    { "wide bytes = t.bits / 8;", "wide bytes = wide_of(t.bits / 8);" },
    { "bytes *= extent[i];", "bytes = wide_times(bytes, wide_of(extent[i]));" },
    { "m[i].before > widest(mode, size[i])", "wide_less(wide_of(widest(mode, size[i])), m[i].before)" },
    { "m[i].after > widest(mode, size[i])", "wide_less(wide_of(widest(mode, size[i])), m[i].after)" },
    { "if ((m[i].before < 0 || m[i].after < 0) && size[i] + m[i].before + m[i].after < 1)",
      "if ((wide_less(m[i].before, wide_of(0)) || wide_less(m[i].after, wide_of(0)))\n        "
      .. "&& wide_less(wide_plus(wide_plus(wide_of(size[i]), m[i].before), m[i].after), wide_of(1)))" },
    { "bool negative = m[0].before < 0 || m[0].after < 0 || m[1].before < 0 || m[1].after < 0;",
      "bool negative = wide_less(m[0].before, wide_of(0)) || wide_less(m[0].after, wide_of(0))\n    "
      .. "|| wide_less(m[1].before, wide_of(0)) || wide_less(m[1].after, wide_of(0));" },
    { "b->shape[2 + i] + m.before + m.after - kernel_span(p, i) - 1;", "wide_minus(wide_minus(wide_plus(wide_plus("
      .. "wide_of(b->shape[2 + i]), m.before), m.after), kernel_span(p, i)), wide_of(1));" },
    { "room / p->stride[i] + 1", "wide_plus(wide_over(room, wide_of(p->stride[i])), wide_of(1))" },
    { "b->shape[2] + m[0].before + m[0].after,",
      "wide_plus(wide_plus(wide_of(b->shape[2]), m[0].before), m[0].after)," },
    { "b->shape[3] + m[1].before + m[1].after }",
      "wide_plus(wide_plus(wide_of(b->shape[3]), m[1].before), m[1].after) }" },
    { "if (kernel_span(p, i) + 1 > padded[i])", "if (wide_less(padded[i], wide_plus(kernel_span(p, i), wide_of(1))))" },
    { "(int64_t) places(p, b, m, i)", "wide_narrowed(places(p, b, m, i))" },
    { "(int64_t) m.before", "wide_narrowed(m.before)" },
  },
}

local path = arg[1]
local text = source.read(path)
for _, line in ipairs(lines[path:match("([%w_]+)%.[ch]$")] or {}) do
  text = source.replace_once(text, line[1], line[2])
  if not text then
    io.stderr:write(path, ": translate.lua expects this once: ", line[1], "\n")
    os.exit(1)
  end
end
-- ACSL has a type of this name.
text = text:gsub("%f[%w_]sign%f[^%w_]", "signum")

-- Contracts come where the types and constants that they speak of are known.
local name = path:match("([%w_]+)%.[ch]$")
local after = {
  exact = { "enum { CARRY_AFTER[^\n]*\n" },
  geometry = { "} geometry;\n" },
  check = { "} margin;\n", "} batch;\n" },
}
for _, line in ipairs(after[name]) do
  text = text:gsub(line, function (found)
    return found .. '#include "proofs/wp/' .. name .. '_contracts.h"\n'
  end, 1)
end
io.write(text)
if name == "exact" then
  -- What rounds is next door.
  io.write("\n", source.read("oracle/type.c"):match("\nuint64_t round_bits .-\n}\n"))
end
