-- constants.lua: the figures of the source as Coq definitions, and a look whether the source still says
-- what the theorems speak of. A proof of something else than the code must not pass.

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return (text:gsub("%s+", " "))
end

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

for name, pattern in sorted({
  float32 = "{ kDLFloat, 32, (%d+), (%-%d+), (%d+),",
  float64 = "{ kDLFloat, 64, (%d+), (%-%d+), (%d+),",
  float16 = "{ kDLFloat, 16, (%d+), (%-%d+), (%d+),",
  bfloat16 = "{ kDLBfloat, 16, (%d+), (%-%d+), (%d+),",
}) do
  local t = find("runner/data/dtype.c", pattern)
  define(name .. "_precision", t[1])
  define(name .. "_min_exponent", t[2])
end
for name, pattern in sorted({
  float32 = "{ kDLFloat, 32, (%d+), (%d+) }", float16 = "{ kDLFloat, 16, (%d+), (%d+) }",
  bfloat16 = "{ kDLBfloat, 16, (%d+), (%d+) }",
  float64 = "const type binary64 = { kDLFloat, 64, (%d+), (%d+) };",
}) do
  local t = find("oracle/type.c", pattern)
  define(name .. "_fraction", t[1])
  define(name .. "_bias", t[2])
end

local e = find("oracle/exact.h", "enum { EXACT_LOWEST = (%-%d+), EXACT_DIGITS = (%d+) };")
define("EXACT_LOWEST", e[1])
define("EXACT_DIGITS", e[2])
define("CARRY_AFTER", "2 ^ " .. find("oracle/exact.c", "enum { CARRY_AFTER = 1 << (%d+) };")[1])

-- What the theorems model, word for word but for white space.
for path, lines in sorted({
  [bound] = {
    "return x <= 1 ? x + x * x : expm1(x);",
    "const double x = unit * (double) terms;",
    ".unit = ldexp(1, -accumulator->precision),",
    ".tiny = fmax(smallest_subnormal(accumulator) / 2, DBL_TRUE_MIN),",
    "return ldexp(1, d->min_exponent - d->precision + 1);",
    "return fmax(ldexp(1, e - d->precision), DBL_TRUE_MIN);",
    "int e = x > 0 ? ilogb(x) : d->min_exponent;",
    "return !p->transforms ? n * p->tiny :",
    "const double g = growth(p->unit, terms) + (p->transforms ? AMPLIFICATION * p->unit : 0);",
    "return scale <= DBL_MAX ? g * scale :",
    "const double lost = (underflow(p, terms, r) + (p->flushes ? flushed(p, terms, r) : 0)) "
      .. "* (1 + growth(p->unit, terms));",
    "const double rounded = p->type->precision > 24 ? half_ulp(p->type, fabs(of->exact)) : 0;",
    "b.sum = (sum_error(p, s, terms) + lost) * SLACK + rounded;",
    "return half_ulp(p->type, fabs(s->exact) + before);",
    "b.total = b.sum + last;",
  },
  ["runner/judge/values.c"] = {
    "const double away = got - s.exact;",
    "if (!(fabs(away) <= b.total))",
  },
}) do
  local text = read(path)
  for _, line in ipairs(lines) do
    if count(text, line) ~= 1 then complain(path, line) end
  end
end

os.exit(failed and 1 or 0)
