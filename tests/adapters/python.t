#!/usr/bin/env lua5.4
-- python.t: the suite from Python. Functions with known mistakes, through conv2d_cts.check and through a process, and what is
-- said of them.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

if tap.shell("/usr/bin/python3 -c 'import numpy'") ~= 0 then
  tap.skip("the suite from Python", "Python module numpy is not here")
  return tap.done()
end

local folder = tap.folder()
tap.write(folder .. "/conv.py", [=[
import os, time
import numpy as np
from conv2d_subject import Unsupported

def conv(p, input, weight, bias):
    if isinstance(p.padding, str):
        raise Unsupported("padding in words")
    batch = input if input.ndim == 4 else input[None]
    x = np.pad(batch, ((0, 0), (0, 0), *((n, n) for n in p.padding)))
    kernel, stride, dilation = p.kernel_size, p.stride, p.dilation
    height, width = ((x.shape[2 + i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1 for i in (0, 1))
    y = np.zeros((len(batch), p.out_channels, height, width), input.dtype)
    for r in range(kernel[0]):
        for s in range(kernel[1]):
            tap = x[:, :, r * dilation[0]:, s * dilation[1]:][:, :, ::stride[0], ::stride[1]][:, :, :height, :width]
            y += np.einsum("nchw,kc->nkhw", tap, weight[:, :, r, s])
    y += 0 if bias is None else bias[:, None, None]
    return y if input.ndim == 4 else y[0]

def swapped(p, *tensors):
    return conv(type(p)(**{**vars(p), "padding": p.padding[::-1]}), *tensors)

def same(p, *tensors):
    if p.padding == "same":
        p = type(p)(**{**vars(p), "padding": [d * (k - 1) // 2 for d, k in zip(p.dilation, p.kernel_size)]})
    return conv(p, *tensors)

def greedy(p, *tensors):
    if p.padding == [1, 0]:
        np.zeros((1 << 29, 1 << 29))
    if p.padding == [0, 1]:
        raise ValueError("array is too big")
    return conv(p, *tensors)

def careless(p, *tensors):
    if p.dilation[1] > 1 << 30:
        raise ValueError("too lazy")
    return conv(p, *tensors)

def conjugating(p, input, weight, bias):
    return conv(p, input, weight.conj(), bias)

def flat(p, *tensors):
    return conv(p, *tensors).ravel()

def inner(x):
    return x.nothing

def raising(p, input, *others):
    return inner(input)

def dying(p, *tensors):
    if p.padding == [1, 0]:
        os.kill(os.getpid(), 11)
    if p.padding == [0, 1]:
        time.sleep(100)
    return conv(p, *tensors)
]=])

-- Runs a Python program in which conv2d_cts is imported.
local function python(program, path)
  tap.write(folder .. "/program.py", ([=[
import sys
sys.path[:0] = [%q, %q]
from conv import *
import conv2d_cts
common = dict(dtypes=["float32"], padding_modes=["zeros"], files=["cases/padding.yaml"], program=%q, filter="groups == 1")
]=]):format(path or "adapters", folder, tap.program) .. program)
  local status, out, err = tap.shell("/usr/bin/python3 " .. folder .. "/program.py " .. folder .. "/log")
  return status, out .. err
end

-- ---- check

local _, told = python [=[
report = conv2d_cts.check(conv, **common)
print(bool(report), report.failed, report.passed > 15, report.cases == report.passed + report.skipped)
]=]
tap.is(told, "True 0 True True\n", "a right function conforms")
for _, fork in ipairs {"True", "False"} do
  local _, wrong = python("report = conv2d_cts.check(swapped, fork=" .. fork .. [=[, **common)
print(bool(report), report.causes[0]["words"], report.failures[0]["verdict"], sep="\n")
print(conv2d_cts.ask(swapped, "repro", report.failures[0]["case"]))
]=])
  tap.has(wrong, "False\npadding of rows and columns differs\nwrong shape\n", "a wrong one does not, and the cause is reported, fork=" .. fork)
  tap.has(wrong, "output_shape gives", "repro speaks of a case of it")
  tap.has(wrong, '\n  repro       conv2d_cts.ask(swapped, "repro", "conv2d:', "and of a call that can be pasted")
end

-- Memory that is refused: no fault where the padded input is beyond all measure, and a failure anywhere else.
_, told = python [=[
vast = {**common, "files": ["overflow.yaml", "regressions/torch-rejections.yaml"], "log": sys.argv[1], "filter": "kernel_size[2] % 2 == 1"}
report = conv2d_cts.check(same, **vast)
print(bool(report), report.failed, report.passed > 5)
report = conv2d_cts.check(greedy, **common)
for failure in report.failures:
    print(failure["label"], failure["verdict"], failure["says"])
report = conv2d_cts.check(careless, **{**vast, "padding_modes": ["zeros"], "log": None})
print(sorted({failure["label"] for failure in report.failures}))
]=]
tap.has(told, "True 0 True\n", "a function that pads in memory conforms")
tap.has(tap.read(folder .. "/log"), "the padded input would have 6,400 GiB: ", "what it can't pad is not offered, for that reason")
tap.has(tap.read(folder .. "/log"), "array is too big", "by either of NumPy's words")
tap.has(told, "MemoryError", "memory that is refused to a small call is a failure")
tap.has(told, "ValueError: array is too big", "whatever the words are")
_, told = python [=[
verdicts = conv2d_cts.check(dying, time_limit=1, **common).verdicts
print(verdicts["crash"] > 0, verdicts["timeout"] > 0, verdicts["pass"] > 0)
]=]
tap.is(told, "True True True\n", "a crash and a hang are verdicts, and the caller lives on")
for argument, words in pairs {
  ["teir='quick'"] = "TypeError: there is no argument 'teir'", ["tier='quack'"] = "UsageError: conv2d-cts: tier: one of quick",
  ["paddingmodes=[]"] = "TypeError: there is no argument 'paddingmodes'", ["program='/nowhere'"] = "there is no program /nowhere",
} do
  local status, text = python(("conv2d_cts.check(conv, %s)"):format(argument))
  tap.ok(status == 1 and text:find(words, 1, true), argument .. ": " .. words, text)
end

-- ---- ask

_, told = python [=[
def modes(p, *tensors):
    print("asked for", p.dtype, p.padding_mode, file=sys.stderr)
    return swapped(p, *tensors)
report = conv2d_cts.check(modes, **common)
failure = report.failures[0]
print(failure["repro"])
del common["files"], common["filter"]
import io, contextlib
for text in (conv2d_cts.ask(modes, "explain", failure["case"]), report.ask("explain", failure["case"]), eval(failure["repro"])):
    print("swapped" if "height and width were exchanged" in text or "wrong shape" in text else text)
wide = "conv2d:in=2x2x4x5,out=3,k=3,p=1x0,dtype=float64"
for more in ({}, {"dtypes": ["float64"]}):
    try:
        print("asked", "wrong shape" in conv2d_cts.ask(modes, "repro", wide, **more))
    except conv2d_cts.UsageError as e:
        print("not asked:", e)
]=]
tap.has(told, 'conv2d_cts.ask(modes, "repro", "conv2d:', "a failure has a call to paste")
tap.has(told, "swapped\nswapped\nswapped\n", "ask and report.ask take the declarations of the last check over")
tap.has(told, "not asked: ", "which hold for what is asked")
tap.has(told, "asked True\n", "unless they are given anew")

_, told = python [=[
def scattered(p, *tensors):
    wrong = (p.padding, p.stride) in (([1, 0], [1, 1]), ([5, 4], [1, 1]))
    return swapped(p, *tensors) if wrong else conv(p, *tensors)
print(conv2d_cts.check(scattered, **common).causes[0])
print(conv2d_cts.check(conv, **common).causes)
]=]
tap.has(told, "{'failed': 2, 'plainest': 'conv2d:in=2x2x4x5,out=3,k=3,p=1x0', 'run': 25, 'words': 'the parameters have nothing in common'}\n[]\n",
  "failures without a cause are told as such, and there is none without a failure")

-- ---- complex numbers

_, told = python [=[
numbers = dict(dtypes=["complex64", "complex128"], padding_modes=["zeros"], files=["cases/complex.yaml"], filter="groups == 1")
print(bool(conv2d_cts.check(conv, **numbers)), conv2d_cts.check(conv, **numbers).passed > 20)
print(bool(conv2d_cts.check(conjugating, **numbers)))
print(conv2d_cts.ask(conjugating, "explain", "conv2d:in=1x2x3x3,out=2,k=2,dtype=complex64"))
]=]
tap.has(told, "True True\nFalse\n", "complex arrays come and go")
tap.has(told, "as if the weight were conjugated", "and a mistake is named")

-- ---- what a failure says

_, told = python [=[
print(conv2d_cts.check(flat, **common).failures[0]["says"])
print(conv2d_cts.check(raising, **common).failures[0]["printed"])
]=]
tap.has(told, "forward answers FAILED: the function's output has the shape [120], and [2, 3, 4, 5] is right", "a result of another rank is the result's fault")
tap.has(told:gsub("line %d+", "line N"), '\n  File "' .. folder .. '/conv.py", line N, in raising\n    return inner(input)\n',
  "a traceback has its lines")
tap.has(told, "\nAttributeError: 'numpy.ndarray' object has no attribute 'nothing'\n", "to the last")

-- A result of another dtype is not converted for the function, nor may what it says or starts disturb the protocol.
_, told = python [=[
import subprocess
def of_complex(p, *tensors):
    return conv(p, *tensors) + 5j
def of_doubles(p, *tensors):
    return conv(p, *tensors).astype(np.float64)
def of_lists(p, *tensors):
    return conv(p, *tensors).tolist()
def at_length(p, *tensors):
    raise conv2d_cts.Unsupported("\udcff\0" + 70000 * "x")
def with_child(p, *tensors):
    subprocess.run(["cat"], capture_output=True)
    return conv(p, *tensors)
for f in of_complex, of_doubles:
    print(conv2d_cts.check(f, **common).failures[0]["says"])
print(bool(conv2d_cts.check(of_lists, **common)), conv2d_cts.check(at_length, **common).skipped > 20, bool(conv2d_cts.check(with_child, **common)))
]=]
tap.has(told, "the function's output is complex64, and float32 is right", "a complex result of a float call")
tap.has(told, "the function's output is float64, and float32 is right", "a result of a wider dtype")
tap.has(told, "True True True\n", "lists are converted; a long reason skips; a child reads nothing of ours")

-- A process: the address space is limited so that an array of a vast call could not be made.
tap.write(folder .. "/process.py", [=[
import sys
sys.path[:0] = ["adapters", sys.argv[1]]
from conv import *
from conv2d_subject import Subject
time.sleep(float(sys.argv[2]))
subject = Subject(name="mine", version="1", dtypes=["float32"], padding_modes=["zeros"], directions=["forward"], claims=["checks-parameters"])
subject.forward(conv)
subject.serve()
]=])
local process = ("--impl-cmd '/usr/bin/python3 %s/process.py %s %%s'"):format(folder, folder)
local _, out = tap.run("run --log " .. folder .. "/log --max-failures 1 " .. process:format("0") .. " cases/shape-rejections.yaml cases/overflow.yaml")
tap.has(tap.read(folder .. "/log"), "without output_shape, the shape is known by a call on zeros; ", "vast calls without output_shape are not offered")
tap.ok(not tap.read(folder .. "/log"):find("Unable to allocate", 1, true), "and nothing is allocated for them", out)

local status, _, err = tap.run("run --load-limit 1 " .. process:format("30") .. " cases/padding.yaml")
tap.is(status, 2, "an import without end ends")
tap.has(err, folder .. "/process.py " .. folder .. " 30: the subject does not return while it is being loaded, for which it has 1 s; --load-limit",
  "the command and its limit are named")
status = tap.run("run --time-limit 0.5 --filter 'groups == 1 ' --tier quick " .. process:format("2") .. " cases/stride.yaml")
tap.is(status, 0, "a slow import does not count as a call")

-- ---- pip install .

if tap.shell("/usr/bin/python3 -m pip --version && /usr/bin/python3 -c 'import setuptools'") ~= 0 then
  tap.skip("pip install .", "pip or setuptools is not here")
else
  local site = folder .. "/site"
  local source = folder .. "/source"
  tap.shell(("mkdir %s && cp -r --parents pyproject.toml setup.py adapters/conv2d_cts adapters/conv2d_subject.py runner/api/api.h %s"):format(source, source))
  tap.is(tap.shell(("/usr/bin/python3 -m pip install -q --no-deps --no-build-isolation --target %s %s"):format(site, source)), 0, "pip installs it")
  _, told = python("print(conv2d_cts.__file__, bool(conv2d_cts.check(conv, **common)))", site)
  tap.is(told, site .. "/conv2d_cts/__init__.py True\n", "and what is installed works")
end

-- ---- run --json

_, told = tap.run("run --json --impl build/mutants/padding-swapped.so cases/padding.yaml --max-failures 2")
tap.has(told, '"conforms":false', "run --json says whether it conforms")
tap.has(told, '"words":"padding of rows and columns differs"', "and why not")
tap.is(select(2, told:gsub('"repro":', "")), 2, "with as many failures as asked for")
tap.is(select(2, told:gsub("\n", "")), 1, "on one line")
_, told = tap.run("run --json --impl build/mutants/cached-without-stride.so cases/order.yaml cases/stride.yaml cases/pairs.yaml")
tap.has(told, [["words":"the verdict is 'wrong after others'"]], "what hangs on other calls is among the causes")
status, _, err = tap.run("run --json --tap --impl build/mutants/padding-swapped.so cases/padding.yaml")
tap.is(status, 2, "--json and --tap exclude each other")
tap.has(err, "both want standard output", "which is said")

tap.done()
