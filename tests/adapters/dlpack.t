#!/usr/bin/env lua5.4
-- dlpack.t: Subject(..., tensors=) gives a function tensors of a library on the same memory, and takes its tensors as answers.
-- The library is one that NumPy alone makes, then torch and JAX where they are installed.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
tap.write(folder .. "/subject.py", [=[
import sys
sys.path.insert(0, "adapters")
import numpy as np
import conv2d_subject
from conv2d_subject import Subject, Unsupported

class Tensor:
    """Like a tensor of another library: known only by DLPack, and no array."""
    def __init__(self, memory):
        self.memory = memory
        self.shape = memory.shape
    def __dlpack__(self, **_):
        return self.memory.__dlpack__()
    def __dlpack_device__(self):
        return self.memory.__dlpack_device__()

class Plain:
    def imported(self, array, dtype):
        return None if array is None else Tensor(np.from_dlpack(array))
    def exported(self, tensor):
        return None if tensor is None else np.from_dlpack(tensor)

def plain(p, input, weight, bias):
    assert isinstance(input, Tensor) and isinstance(weight, Tensor)
    x, w = (np.asarray(t.memory) for t in (input, weight))
    y = loops(p, x, w, None if bias is None else bias.memory)
    return Tensor(y)

def loops(p, x, w, bias):
    if isinstance(p.padding, str) or p.groups != 1 or x.ndim == 3:
        raise Unsupported("not here")
    x = np.pad(x, ((0, 0), (0, 0), *((n, n) for n in p.padding)))
    v = np.lib.stride_tricks.sliding_window_view(x, [d * (k - 1) + 1 for d, k in zip(p.dilation, p.kernel_size)], (2, 3))
    v = v[:, :, ::p.stride[0], ::p.stride[1], ::p.dilation[0], ::p.dilation[1]]
    y = np.einsum("nchwrs,kcrs->nkhw", v, w)
    return np.ascontiguousarray(y if bias is None else y + bias[:, None, None])

def with_torch(p, input, weight, bias):
    import torch
    assert isinstance(input, torch.Tensor)
    return torch.nn.functional.conv2d(input, weight, bias, p.stride, p.padding, p.dilation, p.groups)

def with_jax(p, input, weight, bias):
    import jax
    assert isinstance(input, jax.Array)
    if isinstance(p.padding, str) or input.ndim == 3 or 0 in input.shape:
        raise Unsupported("not here")
    y = jax.lax.conv_general_dilated(input, weight, p.stride, [(n, n) for n in p.padding], rhs_dilation=p.dilation, feature_group_count=p.groups)
    return y if bias is None else y + bias[:, None, None]

def swapped(f):
    return lambda p, *tensors: f(type(p)(**{**vars(p), "padding": p.padding[::-1]}), *tensors)

def strided(f):
    """Takes only an input that is a view with strides, as the runner has it."""
    def g(p, input, *others):
        memory = input.memory if isinstance(input, Tensor) else input
        rows = memory.strides[-1] == memory.itemsize if isinstance(memory, np.ndarray) else memory.is_contiguous()
        if rows and memory.shape[-3] > 1 and memory.shape[-1] > 1:
            raise Unsupported("rows are contiguous")
        return f(p, input, *others)
    return g

conv2d_subject.TENSORS["plain"] = Plain
library, change = sys.argv[1:]
f = {"plain": plain, "torch": with_torch, "jax": with_jax}[library]
f = {"right": lambda f: f, "swapped": swapped, "strided": strided}[change](f)
subject = Subject(name=library, version="1", dtypes=["float32"], layouts=["nchw", "nhwc"], padding_modes=["zeros"],
                  directions=["forward"], tensors=library)
subject.forward(f)
subject.output_shape(conv2d_subject.expected_shape)
subject.serve()
]=])

local function run(python, library, change, cases)
  local log = ("%s/%s-%s.jsonl"):format(folder, library, change)
  local status, out, err = tap.run(("run --memory-limit 0 --time-limit 60 --log %s --impl-cmd '%s %s/subject.py %s %s' %s"):format(
    log, python, folder, library, change, cases))
  return status, out .. err
end

local function passed(said) return tonumber((said:match "([%d,]+) passed" or "0"):gsub(",", ""), 10) end

-- The interpreters in which libraries may be installed: Debian's, and that of `make adapters`.
local function interpreter(module)
  for _, python in ipairs {"/usr/bin/python3", "adapters/installed/python/bin/python3"} do
    if tap.shell(("%s -c 'import numpy; numpy.from_dlpack; import %s'"):format(python, module)) == 0 then return python end
  end
  return nil
end

for _, library in ipairs {"plain", "torch", "jax"} do
  local python = interpreter(library == "plain" and "numpy" or library)
  if not python then
    tap.skip("tensors of " .. library, library .. " is not installed in a Python with NumPy")
  else
    local status, said = run(python, library, "right", "cases/padding.yaml cases/stride.yaml")
    tap.ok(status == 0 and passed(said) > 20, library .. ": a right function conforms", said)
    status, said = run(python, library, "swapped", "cases/padding.yaml")
    tap.ok(status == 1 and said:find("padding of rows and columns differs", 1, true), library .. ": a wrong one does not", said)
    if library ~= "jax" then
      status, said = run(python, library, "strided", "cases/layout.yaml cases/padding.yaml")
      tap.ok(status == 0 and passed(said) > 0, library .. ": a view reaches it with its strides", said)
    end
  end
end
tap.done()
