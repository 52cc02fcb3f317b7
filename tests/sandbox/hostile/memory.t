#!/usr/bin/env lua5.4
-- Memory that is not the call's: what was touched, where, and by how much.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

stage.play {
  {"write-before-input", "plain", "write outside", "4 bytes before the start of input"},
  {"write-before-weight", "plain", "write outside", "4 bytes before the start of weight"},
  {"write-before-bias", "plain", "write outside", "4 bytes before the start of bias"},
  {"write-before-output", "plain", "write outside", "4 bytes before the start of output"},
  {"write-after-input", "plain", "write outside", "just past the end of input"},
  {"write-after-weight", "plain", "write outside", "just past the end of weight"},
  {"write-after-bias", "plain", "write outside", "just past the end of bias"},
  {"write-after-output", "plain", "write outside", "just past the end of output"},
  {"read-before-input", "plain", "read outside", "4 bytes before the start of input"},
  {"read-before-weight", "plain", "read outside", "4 bytes before the start of weight"},
  {"read-before-bias", "plain", "read outside", "4 bytes before the start of bias"},
  {"read-before-output", "plain", "read outside", "4 bytes before the start of output"},
  {"read-after-input", "plain", "read outside", "just past the end of input"},
  {"read-after-weight", "plain", "read outside", "just past the end of weight"},
  {"read-after-bias", "plain", "read outside", "just past the end of bias"},
  {"read-after-output", "plain", "read outside", "just past the end of output"},
  {"write-gap", "strided", "write outside", "between the elements of output"},
  {"read-gap", "strided", "read outside", ""},
  {"write-input", "plain", "write to input", "1 of 216 elements of input"},
  {"write-weight", "plain", "write to input", "1 of 64 elements of weight"},
  {"borrow-input", "plain", "write to input", "inside of input", "--paranoid"},
  {"unwritten", "plain", "unwritten", "first output[0,0,0,2]"},
  {"unwritten-strided", "strided", "unwritten", "first output[0,0,0,2]"},
  {"unwritten-int8", "integers", "unwritten", "first output[0,0,0,2]"},
  {"unwritten-gradient", "plain-gradients", "unwritten", "first grad_input[0,0,0,2]"},
  {"unwritten-parameters", "plain-parameters", "unwritten", "1024 of 1024 elements of weight"},
  {"accumulate", "plain", "read of output", "what the output held before"},
  {"scale-output", "plain", "read of output", "what the output held before"},
  {"keep-larger", "plain", "read of output", "what the output held before"},
  {"write-rejected", "late-refused", "write before rejection", ""},
  {"write-shape", "plain", "write outside", "output_shape writes past the end of its answer"},
  {"write-late", "plain", "kept pointer", "output"},
  {"read-late", "plain", "kept pointer", "earlier call", "--paranoid"},
  {"need-alignment", "plain", "crash", "SIGABRT"},
  {"mind-alignment", "plain", "pass", ""},
  {"change-shape", "plain", "write to input", "the call changed its parameters, or the shape"},
  {"change-strides", "plain", "write to input", "the call changed its parameters, or the shape"},
  {"change-params", "plain", "write to input", "the call changed its parameters, or the shape"},
  {"change-params-of-shape", "plain", "write to input", "the call changed its parameters, or the shape"},
  {"change-device", "plain", "write to input", "the call changed its parameters, or the shape"},
  {"change-dtype", "plain", "write to input", "the call changed its parameters, or the shape"},
  {"move-data", "plain", "write to input", "the call changed its parameters, or the shape"},
  {"eat-addresses", "plain", "pass", ""},
  {"eat-addresses", "plain", "out of memory", "", "--isolation case"},
  {"eat-mappings", "plain", "pass", ""},
  {"eat-mappings", "plain", "out of memory", "", "--isolation case"},
  {"aligned-garbage", "plain", "wrong value", "with all buffers aligned to 64 bytes, "},
  {"aligned-gradients", "plain-gradients", "wrong value", "with all buffers aligned to 64 bytes, "},
  {"aligned-integers", "integers", "wrong value", "with all buffers aligned to 64 bytes, "},
  {"aligned-parameters", "plain-parameters", "bad initialisation", ""},
  {"unaligned-garbage", "plain", "wrong value", ""},
  {"aligned-strided", "stepped", "wrong value", "with all buffers aligned to 64 bytes, "},
}
for deed, cases in pairs {dilated = "cases/dilation.yaml", same = "cases/same.yaml", mode = "cases/reflect.yaml",
                          large = "cases/accuracy.yaml"} do
  os.remove(stage.log)
  local _, status = stage.shell(stage.command("aligned-" .. deed, "", cases))
  local wrong = 0
  for _, result in pairs(stage.read_log()) do
    if result.verdict == "wrong value" then wrong = wrong + 1 end
  end
  tap.ok(status == 1 and wrong > 0, ("aligned-%s is caught by %s: %d cases"):format(deed, cases, wrong))
end
stage.finish()
