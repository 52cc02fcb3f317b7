#!/usr/bin/env lua5.4
-- install.t: what `make install` leaves behind works alone, and the example's gate stops a mistake.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local prefix = folder .. "/root/usr"

-- Runs a command in the copied example, where the installed program is the only one.
local function user(command)
  return tap.shell(("cd %s/gate && env -i HOME=%s PATH=%s/bin:/usr/bin:/bin %s"):format(folder, folder, prefix, command))
end

local status, _, err = tap.shell(("env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s install DESTDIR=%s/root prefix=/usr"):format(folder))
if not tap.ok(status == 0, "make install") then print("# " .. err:gsub("\n", "\n# ")) end
tap.shell(("cp -r examples/gate %s/gate"):format(folder))

for _, file in ipairs {"include/conv2d_abi.h", "include/conv2d_oracle.h", "lib/libconv2d-oracle.a", "lib/libconv2d-oracle.so",
  "lib/libconv2d-oracle.so.0",
  "lib/conv2d-cts/pipe.so", "lib/pkgconfig/conv2d-oracle.pc", "share/man/man1/conv2d-cts.1",
  "share/bash-completion/completions/conv2d-cts", "share/conv2d-cts/cases/padding.yaml",
  "share/conv2d-cts/cases/sweeps/geometry.yaml", "share/conv2d-cts/specs/conv2d.yaml"} do
  local f = io.open(prefix .. "/" .. file)
  tap.ok(f ~= nil, file)
  if f then f:close() end
end
status = tap.shell(("grep -rIl '%s' %s/root"):format(io.popen("pwd"):read("l"), folder))
tap.is(status, 1, "no installed text names the source tree")
status = tap.shell(("grep -rIl '%s' %s"):format(folder, prefix))
tap.is(status, 1, "nor the prefix")

local out
status, out = user("conv2d-cts version")
tap.is(status, 0, "the installed program runs")
tap.has(out, "conv2d-cts ", "and names its version")
status, out = user("make -s gate PREFIX=" .. prefix)
tap.is(status, 0, "the gate lets the example pass")
tap.has(out, "example 1.0 conforms", "in words")
for _, report in ipairs {"report.html", "junit.xml", "summary.md", "badge.json"} do
  tap.ok(#tap.read(folder .. "/gate/build/" .. report) > 50, "with " .. report)
end
tap.is((user("make -s baseline PREFIX=" .. prefix)), 0, "a baseline")
status, out = user("make -s gate CPPFLAGS=-DMISTAKE PREFIX=" .. prefix)
tap.ok(status ~= 0, "the gate stops a mistake")
tap.has(out, "example 1.0 does not conform", "in words")
tap.has(out, "newly failing", "and names what is new since the baseline")

status, out = user("make -s gate PREFIX=" .. prefix)
tap.is(status, 0, "without the mistake it passes again")
tap.has(out, "example 1.0 conforms", "as what it tests is built anew")
status = user("make -s gate CPPFLAGS=-DMISTAKE PREFIX=" .. prefix)
tap.ok(status ~= 0, "and with it fails again")

-- completion of an id: its keys, and the words that they may have
tap.write(folder .. "/complete.sh", ([[
. %s/share/bash-completion/completions/conv2d-cts
COMP_LINE="conv2d-cts show $1" COMP_POINT=${#COMP_LINE} COMP_CWORD=2
COMP_WORDS=(conv2d-cts show "${1##*[:=]}")
_conv2d_cts
echo "${COMPREPLY[*]}"
]]):format(prefix))
for typed, words in pairs {["conv2d:in=1x1x3x3,o"] = "1x1x3x3,out= 1x1x3x3,o= 1x1x3x3,odtype=", ["conv2d:in=1x1x3x3,mode=re"] = "reflect replicate",
  ["conv2d:k=1,dtype=int"] = "int8 int16 int32 int64", ["conv2d:k=1,data=imp"] = "impulse"} do
  local _, completed = tap.shell(("bash %s/complete.sh %s"):format(folder, typed))
  tap.is(completed, words .. "\n", typed .. " is completed")
end
if tap.shell("command -v pandoc") == 0 then
  tap.has(tap.read(prefix .. "/share/man/man5/conv2d-cts.5"), "conv2d-cts run --log FILE", "the formats have a page of the manual")
else
  tap.skip("the formats have a page of the manual", "pandoc is not here")
end

-- each installed header is complete; those that belong to a device's own headers are tried with these (tests/sandbox/device)
local of_a_device = {["conv2d_cuda.h"] = true, ["conv2d_gpu.h"] = true, ["conv2d_hip.h"] = true, ["conv2d_sycl.h"] = true}
for header in select(2, tap.shell(("ls %s/include"):format(prefix))):gmatch "[^\n]+" do
  tap.write(folder .. "/gate/header.c", ("#include <%s>\nint main (void) { return 0; }\n"):format(header))
  status, _, err = user(("cc -I%s/include -fsyntax-only header.c"):format(prefix))
  if not of_a_device[header] then tap.is(status .. err, "0", header .. " needs nothing that is not installed") end
end

-- the commands that write what they find
status, _, err = user("conv2d-cts shrink --impl build/subject.so --seconds 2 --c build/call.c conv2d:in=1x4x7x8,out=6,k=3,d=2x1")
tap.is(status, 0, "the mistake's case is shrunk")
tap.is(err, "", "without complaint")
status, _, err = user(("sh -c 'cc -I%s/include build/call.c -o build/call -ldl -lm && ./build/call build/subject.so'"):format(prefix))
tap.is(status, 1, "to a program in C that builds and shows it")
if status ~= 1 then print("# " .. err:gsub("\n", "\n# ")) end
tap.is((user("conv2d-cts show --html build/case.html --markdown build/case.md conv2d:in=1x4x7x8,out=6,k=3")), 0, "a case is a page")
tap.ok(#tap.read(folder .. "/gate/build/case.html") > 5000, "which is written")
for _, command in ipairs {"explain", "probe"} do
  status, _, err = user("conv2d-cts " .. command .. " --impl build/subject.so"
    .. (command == "explain" and " conv2d:in=1x4x7x8,out=6,k=3,d=2x1" or ""))
  tap.ok(status < 2 and err == "", command .. " runs")
end

-- completion
status, out = user("bash -c '. " .. prefix .. "/share/bash-completion/completions/conv2d-cts; COMP_WORDS=(conv2d-cts run --ti);"
  .. " COMP_CWORD=2; _conv2d_cts; echo ${COMPREPLY[@]}; COMP_WORDS=(conv2d-cts run --tier f); COMP_CWORD=3; _conv2d_cts;"
  .. " echo ${COMPREPLY[@]}'")
tap.is(status, 0, "the completion is bash")
tap.has(out, "--tier", "it completes options")
tap.has(out, "full", "and their words")
tap.has(tap.read(prefix .. "/share/man/man1/conv2d-cts.1"), "\\-\\-junit", "the man page has the options")
tap.has(tap.read(prefix .. "/share/man/man1/conv2d-cts.1"), "quick|full|exhaustive|models|large\\fR\nthe tier and those below",
  "each with what it means, also where --help takes two lines")

-- the oracle as a library
tap.write(folder .. "/gate/user.c", "#include <conv2d_oracle.h>\nint main (void) { return conv2d_oracle_environment() != 0; }\n")
status, _, err = user(("sh -c 'cc %s user.c -o user $(PKG_CONFIG_PATH=%s/lib/pkgconfig pkg-config --cflags --libs conv2d-oracle)"
  .. " && LD_LIBRARY_PATH=%s/lib ./user'"):format(os.getenv "CFLAGS" or "", prefix, prefix))
tap.is(status, 0, "a program links the oracle by pkg-config")
if status ~= 0 then print("# " .. err:gsub("\n", "\n# ")) end

tap.shell(("env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s uninstall DESTDIR=%s/root prefix=/usr"):format(folder))
_, out = tap.shell(("find %s/root ! -type d"):format(folder))
tap.is(out, "", "make uninstall leaves no file")
tap.done()
