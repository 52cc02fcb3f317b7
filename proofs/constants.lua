-- constants.lua [figures]: the figures of the source as Coq definitions, and a look, but for `figures`,
-- whether the source still says what the theorems speak of. A proof of something else than the code must not pass.

package.path = "proofs/?.lua;" .. package.path
local source = require "source"

-- A file on one line.
local function read(path) return (source.read(path):gsub("%s+", " ")) end

local failed = false
local function complain(path, what)
  io.stderr:write(path, ": the proofs expect this once: ", what, "\n")
  failed = true
end

local function count(text, what)
  local n, at = 0, 1
  while true do
    local from, to = text:find(what, at, true)
    if not from then return n end
    n, at = n + 1, to + 1
  end
end

-- The one match of a Lua pattern.
local function find(path, pattern)
  local all = {}
  for a, b, c in read(path):gmatch(pattern) do
    all[#all + 1] = { a, b, c }
  end
  if #all ~= 1 then
    complain(path, pattern)
    return { "0", "0", "0" }
  end
  return all[1]
end

print("(* made by constants.lua *)")
print("From Coq Require Import ZArith.")
print("Open Scope Z_scope.")

local function define(name, value)
  print(("Definition %s := (%s)."):format(name, value))
end

-- Names in order, so that the same source makes the same file.
local function sorted(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  local i = 0
  return function ()
    i = i + 1
    return names[i], t[names[i]]
  end
end

local bound = "runner/judge/bound.c"
define("slack_exponent", find(bound, "static const double SLACK = 1 %+ 0x1p(%-%d+);")[1])
define("AMPLIFICATION", find(bound, "static const double AMPLIFICATION = (%d+);")[1])

-- Both tables of types are made from one; the lines below say how.
for name in sorted({ float32 = 1, float64 = 1, float16 = 1, bfloat16 = 1 }) do
  local t = find("include/conv2d_dtypes.h",
    "X%(" .. name .. ", +%w+, +[%w_]+, +%w+, +%d+, +(%d+), +(%d+), 1, \"[^\"]+\"%)")
  define(name .. "_precision", t[2] .. " + 1")
  define(name .. "_min_exponent", "2 - 2 ^ (" .. t[1] .. " - 1)")
  define(name .. "_fraction", t[2])
  define(name .. "_bias", "2 ^ (" .. t[1] .. " - 1) - 1")
end

local e = find("oracle/exact.h", "enum { EXACT_LOWEST = (%-%d+), EXACT_DIGITS = (%d+) };")
define("EXACT_LOWEST", e[1])
define("EXACT_DIGITS", e[2])
define("CARRY_AFTER", "2 ^ " .. find("oracle/exact.c", "enum { CARRY_AFTER = 1 << (%d+) };")[1])

define("MOST_SQUARE_tenths", find("runner/judge/tally.c", "static const double MOST_SQUARE = 0%.(%d);")[1])
define("MOST_LEANING", find("runner/judge/tally.c", "static const double MOST_LEANING = (%d+);")[1])
define("ALPHA_digits", find("runner/judge/init.c", "static const double ALPHA = (%d+)e%-10;")[1])
define("least_outputs", find("runner/judge/values.c", "ENOUGH = (%d+),")[1])

local c = find("oracle/settle.c", "return %(proof%){ t, exact_below, %(n %+ (%d+)%) %* 0x1p(%-%d+), 0 };")
define("certificate_more", c[1])
define("certificate_exponent", c[2])
local w = find("oracle/settle.c", "return %(proof%){ t, exact_below, all %* all %* 0x1p(%-%d+), all %* 0x1p(%-%d+) };")
define("wide_relative_exponent", w[1])
define("wide_absolute_exponent", w[2])
define("integers_below", find("oracle/settle.c", "double exact_below = integral %? 0x1p(%d+) : 0;")[1])

-- What the theorems model, word for word but for white space.
for path, lines in sorted({
  [bound] = {
    "return x <= 1 ? x + x * x : expm1(x);",
    "return growth(p->unit * (double) terms + p->once);",
    "p->once = p->store * (p->paired ? 4 : 1);",
    ".unit = ldexp(1, -accumulator->precision),",
    ".tiny = fmax(smallest_subnormal(accumulator) / 2, DBL_TRUE_MIN),",
    "return ldexp(1, d->min_exponent - d->precision + 1);",
    "return (spacing){ .lowest = ldexp(1, d->min_exponent), .highest = ldexp(1, d->max_exponent), "
      .. ".half = ldexp(1, -d->precision) };",
    "return !p->transforms ? p->tiny :",
    "formula f = { .unit = p->unit, .largest = p->largest_result, .slack = SLACK, .own = p->result };",
    "f.lost_each = underflow(p, r); if (p->flushes) {",
    "factors += p->result.lowest * r->factor[1 - i].largest; return 2 * p->normal + factors;",
    "f.lost_each += flushed(p, r); f.lost_once = 2 * p->result.lowest; }",
    "f.last = p->narrow; f.wide = p->type->precision > 24; f.direct = !p->transforms; if (p->transforms) {",
    "const double amplified = p->transforms ? AMPLIFICATION * p->unit : 0; "
      .. "const double g = growth_of(p, terms) * p->larger + amplified + p->operand;",
    "f.larger = 1; if (p->contracted) add_contract(&f, p, r); return f;",
    "const double v = ldexp(1, (k->operands_cut ? 1 : 0) - k->operands);",
    "p->factor = v; p->operand = pow(v, m) * (m * (1 + v) + 1) * (p->paired ? 2 : 1);",
    "p->larger = (1 + v) * (1 + v) / ((1 - v) * (1 - v)); p->parts = m * (m + 1) / 2.0;",
    "const double unit = ldexp(1, (k->sum_cut ? 1 : 0) - accumulator->precision);",
    "const double aligned = k->align ? ldexp(1, 2 - k->align) : 0;",
    "p->unit = p->parts * (unit + aligned) + (k->every ? p->store / p->every : 0); if (k->sum_cut) p->tiny *= 2; "
      .. "if (k->every) p->tiny += smallest_subnormal(dtype_of(k->stored)) / 2;",
    "if (r->factor[i].subnormal || p->parts > 1) factors += 2 * p->factor * p->result.lowest * r->factor[1 - i].largest;",
    "f->lost_each = p->parts * f->lost_each + lost_by_factors(p, r);",
    "return scale <= DBL_MAX ? g * scale :",
    "const limits l = limits_of(&f, of->exact, n, g, sum_error(p, s, terms));",
    "const double parts = of->parts == 1 ? l.last :",
    ".sum = l.sum, .total = l.sum + parts, .fixed = parts + l.rounded + l.lost };",
  },
  ["runner/judge/stays_exact.c"] = {
    "return !isfinite(v) || kept == trunc(kept);",
    "return !k->result_cut && largest <= p->largest "
      .. "&& data_exact_in(t->c, largest, least_precision(k, accumulator), accumulator->min_exponent) "
      .. "&& (!k->operands || factors_fit(t, k->operands));",
  },
  ["runner/judge/parts.h"] = {
    "x = x > g->lowest ? x : g->lowest; x = x < g->highest ? x : g->highest; x *= g->half; "
      .. "return x > 0x1p-1074 ? x : 0x1p-1074;",
    "const double size = fabs(exact);",
    "const double rounded = half_ulp(&f->own, size);",
    "l.lost = (n * f->lost_each + f->lost_once) * (1 + g);",
    "l.rounded = f->wide * rounded;",
    "l.sum = (grown + l.lost) * f->slack + l.rounded;",
    "l.last = f->last * half_ulp(&f->own, size + l.sum);",
  },
  ["runner/judge/run.c"] = {
    "const double x = f->unit * n + f->once, g = (x + x * x) * f->larger;",
    "const double s = f->direct * r->scale[i] + (n * f->factor[0] * f->factor[1] + f->added);",
    ".away = got - exact,",
    ".l = limits_of(f, exact, n, g, (g + f->amplified + f->operand) * s),",
    "& (s <= DBL_MAX) & (x <= 1) & (f->unit * s > 0) };",
    "z->part[i] = fabs(e.away) / (e.l.sum + e.l.last);",
    "return odd == 0 && e->worst <= 1;",
  },
  ["runner/call/dtype.c"] = {
    "(fraction) + ((exponent) > 0),",
    "(exponent) ? 2 - (1 << (exponent) >> 1) : 0,",
  },
  ["runner/judge/init.c"] = {
    "const double least = pow(ALPHA, 1 / s->count) * (1 - s->grain);",
    "const double most = sqrt(2 * log(2 / ALPHA) / (3 * s->count)) + s->grain;",
    "const double most = sqrt(log(2 / ALPHA) / (2 * s->count)) + 2 * s->grain;",
    "const double most = sqrt(log(2 / ALPHA) / (2 * s->count)) + s->grain;",
    "const double most = sqrt(2 * s->count * log(2 / ALPHA) / 3);",
  },
  ["oracle/check.c"] = {
    "__extension__ typedef __int128 wide;",
    "wide before = total / 2 - (total % 2 < 0); return (margin){ before, total - before };",
    "return (wide) p->dilation[i] * ((wide) p->kernel_size[i] - 1);",
    "case CONV2D_PADDING_SAME: return same_margin(kernel_span(p, i)); "
      .. "case CONV2D_PADDING_VALID: return (margin){ 0, 0 }; "
      .. "default: return (margin){ p->padding[i], p->padding[i] };",
    "return INT64_MIN <= x && x <= INT64_MAX;",
    "bytes *= extent[i]; if (!fits(bytes)) return false;",
    "wide padded[2] = { b->shape[2] + m[0].before + m[0].after, b->shape[3] + m[1].before + m[1].after };",
    "if (!fits(padded[i]) || !fits(kernel_span(p, i))) return \"VALID-12\";",
    "if (kernel_span(p, i) + 1 > padded[i]) return \"SHAPE-7\";",
    "wide room = b->shape[2 + i] + m.before + m.after - kernel_span(p, i) - 1; return room / p->stride[i] + 1;",
    "if (!fits(places(p, b, m[i], i))) return \"VALID-12\";",
    ".output = (int64_t) places(p, b, m, i),",
  },
  ["oracle/geometry.h"] = {
    "if (0 <= q && q < n) return q;",
    "return padded(a, place * a->stride + tap * a->dilation - a->before);",
  },
  ["include/conv2d_padding_modes.h"] = {
    "X(zeros, CONV2D_ZEROS, -1, -1, INT64_MAX, NULL, 1)",
    "X(reflect, CONV2D_REFLECT, -q, n - 1 - (q - n + 1), n - 1, \"PAD-7\", 0)",
    "X(replicate, CONV2D_REPLICATE, 0, n - 1, INT64_MAX, NULL, 0)",
    "X(circular, CONV2D_CIRCULAR, q + n, q - n, n, \"PAD-11\", 1)",
  },
  ["oracle/settle.c"] = {
    "int64_t chunks = depth / chunk + 1;",
    "double n = (double) (depth < chunk ? depth : chunk) + (double) chunks;",
    "error[l] = scale[l] * p->relative + p->absolute;",
    "double all = (double) depth + 4;",
    "double a = sum->real, next = a + b, part = next - a; *rest += (a - (next - part)) + (b - part);",
    "double a = sum[l].real, b = rest[l], nearest = a + b, part = nearest - a; "
      .. "double left = (a - (nearest - part)) + (b - part);",
    "bool sure = nearest + (left - error[l]) == nearest && nearest + (left + error[l]) == nearest "
      .. "&& error[l] <= DBL_MAX;",
    "error[l] = scale[l] < p->exact_below ? 0 : error[l];",
    "low[l] = (float) (sum[l].real - error[l]); high[l] = (float) (sum[l].real + error[l]);",
    "(low_bits[l] != high_bits[l]) | (low[l] != high[l]);",
    "bits[l] = bits_from_double(t, sum[l].real - error[l]);",
    "error[l] <= DBL_MAX && bits[l] == bits_from_double(t, sum[l].real + error[l]);",
  },
  ["oracle/settle_block.h"] = {
    "error = size * relative;",
    "error = (reals) ((integers) error & ~(integers) (size < exact_below));",
    "floats low = __builtin_convertvector(s - error, floats);",
    "floats high = __builtin_convertvector(s + error, floats);",
    "words doubt = ((words) low ^ (words) high) | (words) (low != high);",
  },
  ["oracle/multiply_block.h"] = {
    "reals far = x * 0x8000001p0; return far - (far - x);",
    "return FUSED_SUBTRACT(w, x, p);",
    "reals w1 = upper(w), w0 = w - w1, x1 = upper(x), x0 = x - x1; "
      .. "return ((w1 * x1 - p) + w1 * x0 + w0 * x1) + w0 * x0;",
    "reals p = w * x, next = s + p, part = next - s; "
      .. "errors += ((s - (next - part)) + (p - part)) + product_error(w, x, p); a += magnitudes(p); s = next;",
    "if (first) memset(total, 0, sizeof *total);",
  },
  ["oracle/product.c"] = {
    "int64_t n = m->depth - k < CHUNK ? m->depth - k : CHUNK;",
  },
  ["oracle/shallow.c"] = {
    "s->proof = proof_of(q->g.type, !all.fractional, c->depth, SHALLOW);",
  },
  ["oracle/type.c"] = {
    "{ code, bits, fraction, (1 << (exponent) >> 1) - ((exponent) > 0), (exponent) && !(infinity) },",
    "const type binary64 = { kDLFloat, 64, 52, 1023, false };",
  },
  ["runner/judge/values.c"] = {
    "const double away = got - s.exact;",
    "if (!(fabs(away) <= b.total))",
  },
}) do
  -- Continued lines of macros end in a backslash.
  local text = read(path):gsub("%s*\\%s*", " ")
  for _, line in ipairs(lines) do
    if arg[1] ~= "figures" and count(text, line) ~= 1 then complain(path, line) end
  end
end

os.exit(failed and 1 or 0)
