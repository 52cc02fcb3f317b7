#!/usr/bin/env lua5.4
-- doors.t: the child's side of the bridge for Rust, Go and Java. The example of each conforms, and a mistake planted in it
-- is caught. CONV2D_SUBJECTS=all runs it.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

if os.getenv "CONV2D_SUBJECTS" ~= "all" then
  tap.skip("the doors for Rust, Go and Java", "make check-adapters tries them, as compilers may fetch what they need")
  return tap.done()
end

local folder = tap.folder()
local cases = "cases/complex.yaml cases/padding.yaml cases/same.yaml cases/stride.yaml cases/overflow.yaml cases/layout.yaml"

local function read(path)
  local f <close> = assert(io.open(path))
  return f:read "a"
end

-- {language, its compiler, the example, what to plant there, to build it from a folder with its source, its command, what to plant in
-- the product of complex numbers}
local doors = {
  {"Rust", "cargo", "adapters/rust/conv2d-subject/examples/loops.rs", {"r %* p%.dilation%[0%]", "r"},
   "mkdir -p %s/examples && cp -r adapters/rust/conv2d-subject/src adapters/rust/conv2d-subject/Cargo.toml %s && cd %s && "
   .. "printf '[workspace]\\n' >> Cargo.toml && CARGO_TARGET_DIR=../target cargo build -q --release --example loops && "
   .. "cp ../target/release/examples/loops loops", "%s/loops", {"%- x%[1%] %* w%[1%]", "+ x[1] * w[1]"}},
  {"Go", "go", "adapters/go/conv2dsubject/examples/loops/main.go", {"%*p%.Dilation%[0%]", ""},
   "cp adapters/go/conv2dsubject/*.go adapters/go/conv2dsubject/go.mod %s && cd %s && go build -o loops ./examples/loops # %s", "%s/loops",
   {"complex128%(v%)", "complex128(complex(real(v), -imag(v)))"}},
  {"Java", "javac", "adapters/java/examples/Loops.java", {"%* d%[0%]", ""},
   "cp adapters/java/*.java %s && cd %s && javac -d . *.java examples/Loops.java # %s",
   "java -XX:-UsePerfData -cp %s Loops", {"imaginary %+= %(double%)", "imaginary -= (double)"}},
}

local function try(door, name, text)
  local language, _, source, _, build, command = table.unpack(door)
  local at = folder .. "/" .. language .. name
  local example = at .. "/" .. source:match("examples/.*")
  tap.shell("mkdir -p " .. example:match("(.*)/"))
  tap.write(example, text)
  tap.is(tap.shell(build:gsub("%%s", at) .. " 2>&1"), 0, language .. name .. " is built")
  return tap.run(("run --memory-limit 0 --time-limit 60 --impl-cmd '%s' %s"):format(command:gsub("%%s", at), cases))
end

for _, door in ipairs(doors) do
  local language, compiler, source, plant = table.unpack(door)
  if tap.shell("command -v " .. compiler .. " >/dev/null") ~= 0 then
    tap.skip("the door for " .. language, compiler .. " is missing")
  else
    local text = read(source)
    local status, out = try(door, "", text)
    if not tap.ok(status == 0 and out:find("loops 1 conforms"), language .. ": the example conforms") then print("# " .. out) end
    local wrong, count = text:gsub(plant[1], plant[2])
    tap.is(count, 1, language .. ": a mistake is planted: dilation of rows ignored")
    status = try(door, "-planted", wrong)
    tap.is(status, 1, language .. ": and caught")
    wrong, count = text:gsub(table.unpack(door[7]))
    tap.is(count, 1, language .. ": a mistake is planted in the product of complex numbers")
    status, out = try(door, "-complex", wrong)
    tap.is(status, 1, language .. ": and caught")
    tap.ok(out:find "complex/" and not out:find "FAIL padding/", language .. ": by cases of complex numbers, and no others")
  end
end
tap.done()
