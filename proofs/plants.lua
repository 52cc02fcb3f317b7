-- plants.lua FOLDER [WORDS]: changes a constant, a limit or a formula at a time, in a copy of what `make proofs` has made in FOLDER,
-- and says what fails: of all plants, or of those whose line below has WORDS.
--
--   text    the code does not say any more what the theorems speak of (constants.lua)
--   Coq     the first theorems that fail, without a look at the text
--   WP      goals about this function
--   trial   what is tried: roundings, products, axes
--
-- Each plant is shown to the text, and then to the others in this order until one of them fails.

package.path = "proofs/?.lua;" .. package.path
local source = require "source"

local folder = arg[1]
local words = arg[2]
local copy = folder .. "/planted"

-- what, in which file, what stands there, what is planted, and in which function it is, where WP proves it
local plants = {
  { "JUDGE-2's factor is 1 + 2^-11", "runner/judge/bound.c", "SLACK = 1 + 0x1p-10", "SLACK = 1 + 0x1p-11" },
  { "JUDGE-5's constant is 511", "runner/judge/bound.c", "AMPLIFICATION = 512;", "AMPLIFICATION = 511;" },
  { "growth without its square", "runner/judge/bound.c", "x <= 1 ? x + x * x", "x <= 1 ? x" },
  { "half of half the smallest subnormal", "runner/judge/bound.c", "smallest_subnormal(accumulator) / 2",
    "smallest_subnormal(accumulator) / 4" },
  { "one flushed number a term", "runner/judge/bound.c", "return 2 * p->normal + factors", "return p->normal + factors" },
  { "JUDGE-3's sides at 7", "runner/judge/tally.c", "MOST_LEANING = 8;", "MOST_LEANING = 7;" },
  { "JUDGE-3's mean square at 0.4", "runner/judge/tally.c", "MOST_SQUARE = 0.5;", "MOST_SQUARE = 0.4;" },
  { "JUDGE-3 from 999 outputs on", "runner/judge/values.c", "ENOUGH = 1000,", "ENOUGH = 999," },
  { "the chance of a test is 8e-10", "runner/judge/init.c", "ALPHA = 7e-10;", "ALPHA = 8e-10;" },
  { "float32 has 24 bits behind the point", "include/conv2d_dtypes.h", "8, 23,", "8, 24," },
  { "a contract's factors lose half as much", "runner/judge/bound.c", "pow(v, m) * (m * (1 + v) + 1)", "pow(v, m) * (m * (1 + v))" },
  { "a contract's cut factors, rounded", "runner/judge/bound.c", "(k->operands_cut ? 1 : 0) - k->operands",
    "(k->operands_cut ? 0 : 0) - k->operands" },
  { "aligned sums lose a bit less", "runner/judge/bound.c", "ldexp(1, 2 - k->align)", "ldexp(1, 1 - k->align)" },
  { "cut results stay exact", "runner/judge/stays_exact.c", "return !k->result_cut && largest", "return largest" },
  { "the narrow result's rounding is left", "runner/judge/parts.h", "l.last = f->last * half_ulp(", "l.last = 0 * half_ulp(" },
  { "a subnormal less a term", "runner/judge/parts.h", "(n * f->lost_each + f->lost_once) * (1 + g)",
    "((n - 1) * f->lost_each + f->lost_once) * (1 + g)" },
  { "float8_e4m3fn has 4 bits behind the point", "include/conv2d_dtypes.h", "4, 3,", "4, 4," },
  { "one digit less", "oracle/exact.h", "EXACT_DIGITS = 136", "EXACT_DIGITS = 135", "add_scaled" },
  { "one digit more", "oracle/exact.h", "EXACT_DIGITS = 136", "EXACT_DIGITS = 137", "add_scaled" },
  { "digits begin a bit higher", "oracle/exact.h", "EXACT_LOWEST = -2176", "EXACT_LOWEST = -2175", "add_scaled" },
  { "carries after 2^30", "oracle/exact.c", "CARRY_AFTER = 1 << 29", "CARRY_AFTER = 1 << 30", "add_scaled" },
  { "carries one addition later", "oracle/exact.c", "++sum->deferred == CARRY_AFTER", "sum->deferred++ == CARRY_AFTER", "add_scaled" },
  { "the last carry is left", "oracle/exact.c", "i < EXACT_DIGITS - 1; i++", "i < EXACT_DIGITS - 2; i++", "carry" },
  { "a digit of 31 bits", "oracle/exact.c", "digit[i] >> 32;", "digit[i] >> 31;", "carry" },
  { "half of the wrong bit", "oracle/exact.c", "bits_from(digit, last - 1) & 1", "bits_from(digit, last) & 1", "round_magnitude" },
  { "ties go up", "oracle/type.c", "half && (more || (kept & 1))", "half", "round_bits" },
  { "the certificate counts 3 more", "oracle/settle.c", "(n + 4) * 0x1p-52", "(n + 3) * 0x1p-52" },
  { "the certificate in half units", "oracle/settle.c", "(n + 4) * 0x1p-52", "(n + 4) * 0x1p-53" },
  { "float64's certificate in quarters", "oracle/settle.c", "all * all * 0x1p-104", "all * all * 0x1p-106" },
  { "float64's certificate without underflow", "oracle/settle.c", "all * 0x1p-1071", "all * 0x1p-1074" },
  { "float64's products in halves of 26 bits", "oracle/multiply_block.h", "0x8000001p0", "0x4000001p0" },
  { "the sum's loss is left", "oracle/multiply_block.h", "((s - (next - part)) + (p - part)) + product_error",
    "product_error" },
  { "integers are exact below 2^54", "oracle/settle.c", "integral ? 0x1p53 : 0", "integral ? 0x1p54 : 0" },
  { "SHAPE-1 plus one", "oracle/check.c", "room / p->stride[i] + 1;", "room / p->stride[i] + 2;", "places" },
  { "SHAPE-1 of a room that is larger by one", "oracle/check.c", "kernel_span(p, i) - 1;", "kernel_span(p, i);", "places" },
  { "SHAPE-7 one too late", "oracle/check.c", "kernel_span(p, i) + 1 > padded[i]", "kernel_span(p, i) > padded[i]" },
  { "a kernel's span of all its taps", "oracle/check.c", "((wide) p->kernel_size[i] - 1)", "((wide) p->kernel_size[i])" },
  { "PAD-4's larger half first", "oracle/check.c", "total / 2 - (total % 2 < 0)", "total / 2 + (total % 2 > 0)", "same_margin" },
  { "taps begin one too early", "oracle/geometry.h", "tap * a->dilation - a->before)",
    "tap * a->dilation - a->before - 1)", "source" },
  { "reflect repeats the border", "include/conv2d_padding_modes.h", "n - 1 - (q - n + 1)", "n - 1 - (q - n)    ", "source" },
  { "PAD-7 one too late", "include/conv2d_padding_modes.h", "n - 1,     \"PAD-7\"", "n,         \"PAD-7\"", "source" },
  { "PAD-11 one too late", "include/conv2d_padding_modes.h", "n,         \"PAD-11\"", "n + 1,     \"PAD-11\"", "source" },
}

local function run (command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read("a")
  return pipe:close() == true, text
end

local function must (command)
  local good, text = run(command)
  if not good then
    io.stderr:write(text)
    os.exit(2)
  end
end

-- A fresh copy, with its times, so that make does again only what the plant is part of.
local function copy_all ()
  must("rm -rf '" .. copy .. "' /tmp/conv2d-planted && mkdir -p /tmp/conv2d-planted/build")
  must("cp -a Makefile *.mk packages.txt proofs oracle runner include tests adapters bench docs findings /tmp/conv2d-planted")
  must("cp -a '" .. folder .. "' /tmp/conv2d-planted/build/proofs && mv /tmp/conv2d-planted '" .. copy .. "'")
end

local function planted_in (command, where)
  local good, text = run("cd '" .. copy .. "' && " .. command)
  return not good and (where and text:match(where) or "") or nil
end

-- What fails of the copy; `proved_in` is the function that WP looks at, if any, in that file.
local function failing (path, proved_in)
  local found = {}
  if planted_in("lua5.4 proofs/constants.lua >/dev/null") then found[1] = "text" end
  local theorems = planted_in("make -s proofs-coq TEXT=no", "([%w_]+)%.vo%] Error")
  if theorems then
    found[#found + 1] = "Coq (" .. theorems .. ")"
    return table.concat(found, ", ")
  end
  local file = path and (path:match "exact" or path:match "type" and "exact") or "check"
  if proved_in and planted_in(("rm -f build/proofs/wp/%s.report; make -s proofs-wp WP_SECONDS=20 WP_FILES=%s WP_%s=%s"):format(
      file, file, file, proved_in)) then
    found[#found + 1] = "WP (" .. proved_in .. ")"
  elseif path and path:match "^oracle/" or path and path:match "^include/" then
    if planted_in "make -s proofs-sample" then found[#found + 1] = "trial" end
  end
  return table.concat(found, ", ")
end

-- Each function alone is proved before anything is planted in it.
local function clean_failures ()
  local found, seen = {failing()}, {}
  for _, plant in ipairs(plants) do
    local name = plant[5]
    if name and not seen[name] then
      seen[name] = true
      local fails = failing(plant[2], name)
      if fails ~= "" then found[#found + 1] = fails end
    end
  end
  return table.concat(found, " ")
end

copy_all()
local clean = clean_failures()
if clean:match "%S" then
  print("proofs: the copy fails before anything is planted: " .. clean)
  os.exit(1)
end

local tried, missed = 0, 0
for _, plant in ipairs(plants) do
  local what, path, from, to, proved_in = table.unpack(plant)
  if not words or what:find(words, 1, true) then
    local planted = source.replace_once(source.read(path), from, to)
    if not planted then error(path .. ": expected once: " .. from) end
    copy_all()
    source.write(copy .. "/" .. path, planted)
    local seen = failing(path, proved_in)
    tried, missed = tried + 1, missed + (seen == "" and 1 or 0)
    print(("%-44s %s"):format(what, seen == "" and "MISSED" or seen))
    io.stdout:flush()
  end
end
must("rm -rf '" .. copy .. "'")
if missed > 0 then os.exit(1) end
print(("proofs: each of %d planted changes fails"):format(tried))
