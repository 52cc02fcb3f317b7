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
local cases = "cases/padding.yaml cases/same.yaml cases/stride.yaml cases/overflow.yaml cases/layout.yaml"

local function read(path)
  local f <close> = assert(io.open(path))
  return f:read "a"
end

-- {language, its compiler, the example, what to plant there, {to build it from a folder with its source, its command}}
local doors = {
  {"Rust", "cargo", "adapters/rust/conv2d-subject/examples/loops.rs", {"r %* p%.dilation%[0%]", "r"},
   "mkdir -p %s/examples && cp -r adapters/rust/conv2d-subject/src adapters/rust/conv2d-subject/Cargo.toml %s && cd %s && "
   .. "printf '[workspace]\\n' >> Cargo.toml && CARGO_TARGET_DIR=../target cargo build -q --release --example loops && "
   .. "cp ../target/release/examples/loops loops", "%s/loops"},
  {"Go", "go", "adapters/go/conv2dsubject/examples/loops/main.go", {"%*p%.Dilation%[0%]", ""},
   "cp adapters/go/conv2dsubject/*.go adapters/go/conv2dsubject/go.mod %s && cd %s && go build -o loops ./examples/loops # %s", "%s/loops"},
  {"Java", "javac", "adapters/java/examples/Loops.java", {"%* d%[0%]", ""},
   "cp adapters/java/*.java %s && cd %s && javac -d . *.java examples/Loops.java # %s",
   "java -XX:-UsePerfData -cp %s Loops"},
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
  end
end
tap.done()
