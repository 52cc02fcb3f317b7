#!/usr/bin/env lua5.4
-- dlpack.t: Subject(..., tensors=LIBRARY) gives a function tensors of that library, over DLPack, and takes them as an answer. It is
-- tried with each library that is installed, and with a library of a page whose tensors offer DLPack and nothing else.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local here = "/usr/bin/python3"
if tap.shell(here .. " -c 'import numpy; numpy.from_dlpack'") ~= 0 then
  tap.skip("tensors over DLPack", "Python module numpy is not here, or is older than DLPack")
  return tap.done()
end

local folder = tap.folder()

-- Stands where torch does. Its tensors cannot be used as arrays of NumPy by mistake.
assert(tap.shell("mkdir " .. folder .. "/stand-in") == 0)
tap.write(folder .. "/stand-in/torch.py", [=[
import numpy as np
bfloat16, int16 = "bfloat16", "int16"

class Tensor:
    def __init__(self, array, dtype=None):
        self.array, self.dtype, self.shape = array, dtype or str(array.dtype), array.shape
    def __dlpack__(self, **how):
        return self.array.__dlpack__(**how)
    def __dlpack_device__(self):
        return self.array.__dlpack_device__()
    def __array__(self, *how, **more):
        raise TypeError("this tensor is no array")
    def view(self, dtype):
        return Tensor(self.array, dtype)  # as wide
    def detach(self):
        return self
    resolve_neg = detach

def from_dlpack(other):
    array = np.from_dlpack(other)
    assert np.shares_memory(array, other), "a copy was made"
    return Tensor(array)

def wide(t):
    return (t.array.view(np.uint16).astype(np.uint32) << 16).view(np.float32) if t.dtype == bfloat16 else t.array

def conv2d(input, weight, bias, stride, padding, dilation, groups):
    x = np.pad(wide(input), ((0, 0), (0, 0), *((n, n) for n in padding)))
    w = wide(weight)
    windows = np.lib.stride_tricks.sliding_window_view(x, [d * (k - 1) + 1 for d, k in zip(dilation, w.shape[2:])], (2, 3))
    windows = windows[:, :, ::stride[0], ::stride[1], ::dilation[0], ::dilation[1]]
    y = np.einsum("nchwrs,kcrs->nkhw", windows, w) + (0 if bias is None else wide(bias)[:, None, None])
    if input.dtype != bfloat16:
        return Tensor(y.astype(np.float32))
    bits = y.astype(np.float32).view(np.uint32)
    return Tensor(((bits + 0x7fff + (bits >> 16 & 1)) >> 16).astype(np.uint16).view(np.int16), bfloat16)
]=])

tap.write(folder .. "/subject.py", [=[
import os
import sys
library, mistake = sys.argv[1:]
sys.path[:0] = ["adapters"]
from conv2d_subject import Subject, Unsupported

subject = Subject(name=library, version="1", dtypes=["float32", "bfloat16"], padding_modes=["zeros"], directions=["forward"],
                  tensors="jax" if library == "jax" else "torch")

def with_jax(x, w, b, p, padding):
    import jax
    y = jax.lax.conv_general_dilated(x, w, p.stride, [(n, n) for n in padding], rhs_dilation=p.dilation, feature_group_count=p.groups,
                                     preferred_element_type=jax.numpy.float32)
    return (y if b is None else y + b[:, None, None].astype(y.dtype)).astype(x.dtype)

def with_torch(x, w, b, p, padding):
    import torch
    conv = getattr(torch, "conv2d")
    return conv(x, w, b, p.stride, padding, p.dilation, p.groups)

@subject.forward
def forward(p, input, weight, bias):
    if isinstance(p.padding, str) or p.groups != 1 or len(input.shape) == 3:
        raise Unsupported("not asked here")
    padding = list(p.padding)[::-1] if mistake == "swapped" else list(p.padding)
    return (with_jax if library == "jax" else with_torch)(input, weight, bias, p, padding)

subject.serve()
]=])

local function run(python, library, mistake, more)
  local process = ("%s %s/subject.py %s %s"):format(python, folder, library, mistake)
  return tap.run(("run --memory-limit 0 --time-limit 60 --load-limit 120 %s --impl-cmd '%s' cases/padding.yaml cases/dtypes.yaml"):format(more or "", process))
end

local function try(python, library, more)
  local status, out, err = run(python, library, "none", more)
  if not tap.is(status, 0, library .. ": a right function conforms") then print("# " .. (out .. err):gsub("\n", "\n# ")) end
  tap.ok(tonumber((out:match("([%d,]+) passed"):gsub(",", ""))) > 20, library .. ": in more than 20 cases", out)
  status, out = run(python, library, "swapped", more)
  tap.is(status, 1, library .. ": a wrong one does not")
  tap.has(out, "padding of rows and columns differs", library .. ": and the cause is named")
end

try("env PYTHONPATH=" .. folder .. "/stand-in " .. here, "stand-in")
for _, library in ipairs {"torch", "jax"} do
  local found
  for _, python in ipairs {"adapters/installed/python/bin/python", here} do
    if not found and tap.shell(("%s -c 'import %s'"):format(python, library)) == 0 then found = python end
  end
  if found then try(found, library) else tap.skip(library, "not installed: make deps-adapters GROUP=python") end
end
tap.done()
