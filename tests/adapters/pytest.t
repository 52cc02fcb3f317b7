#!/usr/bin/env lua5.4
-- pytest.t: the suite as tests of pytest: one for each file of cases, which fails where a case of it does.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local python = os.getenv "CONV2D_PYTHON" or "/usr/bin/python3"
if tap.shell(python .. " -c 'import numpy, pytest' 2>/dev/null") ~= 0 then
  tap.skip("the suite as tests of pytest", "Python modules numpy and pytest are not here")
  return tap.done()
end

local folder = tap.folder()
tap.write(folder .. "/mine.py", [=[
import numpy as np
from conv2d_subject import Unsupported

def conv(p, input, weight, bias):
    if isinstance(p.padding, str) or p.groups != 1 or input.ndim == 3 or max(p.dilation) > 1:
        raise Unsupported("not yet")
    x = np.pad(input, ((0, 0), (0, 0), *((n, n) for n in p.padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, p.kernel_size, (2, 3))
    y = np.einsum("nchwrs,kcrs->nkhw", windows[:, :, ::p.stride[0], ::p.stride[1]], weight)
    return y if bias is None else y + bias[:, None, None]

def square(p, *tensors):
    return conv(type(p)(**{**vars(p), "stride": [p.stride[0]] * 2}), *tensors)

conv.conv2d_cts = square.conv2d_cts = {"dtypes": ["float32"], "padding_modes": ["zeros"]}
]=])

local function pytest(name)
  local here = io.popen("pwd"):read "l"
  local command = ("cd %s && PYTHONPATH=%s/adapters CONV2D_CTS=%s/build/conv2d-cts %s -m pytest -q -p no:cacheprovider "
    .. "-p conv2d_cts.pytest_plugin --conv2d-cts mine:%s -k 'stride.yaml or padding.yaml or circular.yaml' >out 2>&1")
    :format(folder, here, here, python, name)
  return tap.shell(command), tap.read(folder .. "/out")
end

local status, out = pytest "conv"
tap.is(status, 0, "what conforms passes")
tap.ok(out:find "[2-9] passed, [1-9]%d* skipped", "its files are tests, and what is not offered is skipped")
status, out = pytest "square"
tap.is(status, 1, "a mistake fails")
tap.has(out, "FAILED ::conv2d-cts/stride.yaml", "the file that shows it")
tap.has(out, "conv2d:in=", "with the case")
status, out = pytest "missing"
tap.is(status, 4, "a function that is not there is a fault of usage")
tap.has(out, "has no attribute 'missing'", "in words")
tap.done()
