-- opencl.lua: the plain OpenCL subject on the first device, and the same with planted faults: each is
-- told exactly, and every other case passes or is skipped. `make check-opencl` runs it.

package.path = "tests/sandbox/device/?.lua;tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap, plants = require "hostile", require "tap", require "plants"

if stage.shell(tap.program .. " run --impl build/adapters/opencl.so tests/sandbox/hostile/cases.yaml"):find "there is no device" then
  print "1..0 # SKIP OpenCL has no device: install pocl-opencl-icd"
  os.exit(0)
end

for _, row in ipairs {
  {"adapters/opencl", "pass", ""},
  {"opencl/past", "write outside", "4 bytes are written just past the end of output"},
  {"opencl/before", "read outside", ""},
  {"opencl/unwritten", "unwritten", "1 of 120 elements of output are not written, first output[0,0,0,2]"},
  {"opencl/late", "kept pointer", ""},
} do
  plants.check(("build/%s.so"):format(row[1]), row[2], row[3])
end
stage.finish()
