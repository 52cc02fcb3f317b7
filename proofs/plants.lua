-- plants.lua FOLDER [PART...]: changes a constant, a limit or a formula at a time, in a copy of what `make proofs`
-- has made in FOLDER, and says what fails:
--
--   text    the code does not say any more what the theorems speak of (constants.lua)
--   Coq     the theorems of these files, without a look at the text
--   WP      goals about this file
--   trial   what is tried: roundings, products, axes

package.path = "proofs/?.lua;" .. package.path
local source = require "source"

local folder = arg[1]
local wanted = { table.unpack(arg, 2) }
local copy = folder .. "/planted"

-- what, in which file, what stands there, what is planted
local plants = {
  { "JUDGE-2's factor is 1 + 2^-11", "runner/judge/bound.c", "SLACK = 1 + 0x1p-10", "SLACK = 1 + 0x1p-11" },
  { "JUDGE-5's constant is 511", "runner/judge/bound.c", "AMPLIFICATION = 512;", "AMPLIFICATION = 511;" },
  { "growth without its square", "runner/judge/bound.c", "x <= 1 ? x + x * x", "x <= 1 ? x" },
  { "half of half the smallest subnormal", "runner/judge/bound.c", "smallest_subnormal(accumulator) / 2",
    "smallest_subnormal(accumulator) / 4" },
  { "JUDGE-3's sides at 7", "runner/judge/tally.c", "MOST_LEANING = 8;", "MOST_LEANING = 7;" },
  { "JUDGE-3's mean square at 0.4", "runner/judge/tally.c", "MOST_SQUARE = 0.5;", "MOST_SQUARE = 0.4;" },
  { "JUDGE-3 from 999 outputs on", "runner/judge/values.c", "ENOUGH = 1000,", "ENOUGH = 999," },
  { "the chance of a test is 8e-10", "runner/judge/init.c", "ALPHA = 7e-10;", "ALPHA = 8e-10;" },
  { "float32 has 24 bits behind the point", "include/conv2d_dtypes.h", "8, 23,", "8, 24," },
  { "one digit less", "oracle/exact.h", "EXACT_DIGITS = 136", "EXACT_DIGITS = 135" },
  { "one digit more", "oracle/exact.h", "EXACT_DIGITS = 136", "EXACT_DIGITS = 137" },
  { "digits begin a bit higher", "oracle/exact.h", "EXACT_LOWEST = -2176", "EXACT_LOWEST = -2175" },
  { "carries after 2^30", "oracle/exact.c", "CARRY_AFTER = 1 << 29", "CARRY_AFTER = 1 << 30" },
  { "carries one addition later", "oracle/exact.c", "++sum->deferred == CARRY_AFTER", "sum->deferred++ == CARRY_AFTER" },
  { "the last carry is left", "oracle/exact.c", "i < EXACT_DIGITS - 1; i++", "i < EXACT_DIGITS - 2; i++" },
  { "a digit of 31 bits", "oracle/exact.c", "digit[i] >> 32;", "digit[i] >> 31;" },
  { "half of the wrong bit", "oracle/exact.c", "bits_from(digit, last - 1) & 1", "bits_from(digit, last) & 1" },
  { "ties go up", "oracle/type.c", "half && (more || (kept & 1))", "half" },
  { "the certificate counts 3 more", "oracle/settle.c", "(n + 4) * 0x1p-52", "(n + 3) * 0x1p-52" },
  { "the certificate in half units", "oracle/settle.c", "(n + 4) * 0x1p-52", "(n + 4) * 0x1p-53" },
  { "integers are exact below 2^54", "oracle/settle.c", "integral ? 0x1p53 : 0", "integral ? 0x1p54 : 0" },
  { "SHAPE-1 plus one", "oracle/check.c", "room / p->stride[i] + 1;", "room / p->stride[i] + 2;" },
  { "SHAPE-1 of a room that is larger by one", "oracle/check.c", "kernel_span(p, i) - 1;", "kernel_span(p, i);" },
  { "SHAPE-7 one too late", "oracle/check.c", "kernel_span(p, i) + 1 > padded[i]", "kernel_span(p, i) > padded[i]" },
  { "a kernel's span of all its taps", "oracle/check.c", "((wide) p->kernel_size[i] - 1)", "((wide) p->kernel_size[i])" },
  { "PAD-4's larger half first", "oracle/check.c", "total / 2 - (total % 2 < 0)", "total / 2 + (total % 2 > 0)" },
  { "taps begin one too early", "oracle/geometry.h", "tap * a->dilation - a->before)",
    "tap * a->dilation - a->before - 1)" },
  { "reflect repeats the border", "include/conv2d_padding_modes.h", "n - 1 - (q - n + 1)", "n - 1 - (q - n)    " },
  { "PAD-7 one too late", "include/conv2d_padding_modes.h", "n - 1,     \"PAD-7\"", "n,         \"PAD-7\"" },
  { "PAD-11 one too late", "include/conv2d_padding_modes.h", "n,         \"PAD-11\"", "n + 1,     \"PAD-11\"" },
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
  must("cp -a Makefile *.mk packages.txt proofs oracle runner include tests adapters bench /tmp/conv2d-planted")
  must("cp -a '" .. folder .. "' /tmp/conv2d-planted/build/proofs && mv /tmp/conv2d-planted '" .. copy .. "'")
end

-- Each part for itself, to its end.
local parts = {
  { "text", "lua5.4 proofs/constants.lua" },
  { "Coq", "make -sk proofs-coq TEXT=no", "([%w_]+)%.vo%] Error" },
  { "WP", "make -sk proofs-wp WP_SECONDS=5", "([%w_]+)%.report%] Error" },
  { "trial", "make -sk proofs-sample" },
}

local function check (part, found)
  local name, command, where = table.unpack(part)
  local good, text = run("cd '" .. copy .. "' && " .. command)
  local places = {}
  for place in text:gmatch(where or "%f[%z]%z") do places[#places + 1] = place end
  if not good then found[#found + 1] = name .. (where and " (" .. table.concat(places, " ") .. ")" or "") end
end

-- All parts, or those that the command line names.
local function is_wanted (name)
  for _, part in ipairs(wanted) do
    if part == name then return true end
  end
  return #wanted == 0
end

local function failing ()
  local found = {}
  for _, part in ipairs(parts) do
    if is_wanted(part[1]) then check(part, found) end
  end
  return table.concat(found, ", ")
end
copy_all()
local clean = failing()
if clean ~= "" then
  print("proofs: the copy fails before anything is planted: " .. clean)
  os.exit(1)
end

local missed = 0
for _, plant in ipairs(plants) do
  local what, path, from, to = table.unpack(plant)
  local planted = source.replace_once(source.read(path), from, to)
  if not planted then error(path .. ": expected once: " .. from) end
  copy_all()
  source.write(copy .. "/" .. path, planted)
  local seen = failing()
  if seen == "" then missed = missed + 1 end
  print(("%-44s %s"):format(what, seen == "" and "MISSED" or seen))
end
must("rm -rf '" .. copy .. "'")
if missed > 0 then os.exit(1) end
print(("proofs: each of %d planted changes fails"):format(#plants))
