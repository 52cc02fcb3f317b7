"""conv2d_subject.py: the child's side of the process bridge (specs/pipe.md), for NumPy.

A whole subject:

    from conv2d_subject import Subject

    subject = Subject(name="mylib", version="2.1", dtypes=["float32"], layouts=["nchw"])

    @subject.forward
    def forward(p, input, weight, bias):        # bias is None where p.bias is False
        return mylib.conv2d(input, weight, bias, stride=p.stride, padding=p.padding)

    subject.serve()

`p` has the arguments of torch.nn.Conv2d as attributes: pairs, but for padding "same" and "valid".
Arrays are read-only and lie in memory as the layout of the case says. bfloat16 comes and goes as
uint16, the float8 types as uint8. Raise Unsupported for what is valid and not offered, Invalid for what breaks a rule.
Any other exception is a failure, but for one: memory that NumPy or Python refuses to a call whose padded input would have
more than 64 GiB. Such a call counts as not offered.

Subject(..., tensors="torch"), or "jax", calls the functions with tensors of that library
instead, which lie on the same memory (DLPack); they may answer with such tensors, bfloat16 among them.
"""

import json
import math
import os
import re
import sys
import traceback
from types import SimpleNamespace

import numpy as np

PROTOCOL = 1
CAPABILITIES = ("dtypes", "layouts", "padding_modes", "directions", "int32_sums")


class Unsupported(Exception):
    """A valid call that is not offered."""


class Invalid(Exception):
    """A call that breaks a rule of specs/."""


class WrongResult(Exception):
    """A result that is no tensor of the shape that was asked for."""


MOST_ZEROS = 1 << 26  # elements: larger calls are not made for their shape alone

MOST_BYTES = 64 << 30  # of a padded input: who pads in memory can't offer more, and is not wrong for that

DTYPES = {}  # {"float32": "<f4", ...}, from the bridge's hello


def numpy_dtype(word):
    """For a type that NumPy lacks, raw bytes such as '<V2': the unsigned integer of that size."""
    return np.dtype(DTYPES[word].replace("V", "u").replace("f1", "u1"))


class Subject:
    def __init__(self, name, version, description="", url="", claims=(), own=(), environment="", numerics="",
                 tensors=None, jobs=0, **capabilities):
        for key in capabilities:
            if key not in CAPABILITIES:
                raise TypeError(f"Subject: there is no capability {key!r}, there are {', '.join(CAPABILITIES)}")
        self.about = {"name": name, "version": version, "description": description, "url": url,
                      "claims": list(claims), "own": list(own), "environment": environment, "numerics": numerics,
                      "jobs": jobs, "capabilities": capabilities}
        self.functions = {}
        self.tensors = TENSORS[tensors]() if tensors else None

    # Each decorates the function of one direction; output_shape is optional.

    def output_shape(self, function):
        """(p, shape of the input) -> shape of the output."""
        return self._set("output_shape", function)

    def forward(self, function):
        """(p, input, weight, bias) -> output."""
        return self._set("forward", function)

    def backward(self, function):
        """(p, input, weight, grad_output) -> grad_input, grad_weight, grad_bias (or None)."""
        return self._set("backward", function)

    def init_parameters(self, function):
        """(p, seed) -> weight, bias (or None)."""
        return self._set("init_parameters", function)

    def _set(self, op, function):
        self.functions[op] = function
        return function

    # ---- one call

    def _function(self, op):
        if op not in self.functions:
            raise Unsupported(f"there is no {op}")
        return self.functions[op]

    def _shape(self, p, shape):
        """By output_shape, or else by a forward pass over zeros."""
        if "output_shape" in self.functions:
            return self.functions["output_shape"](p, shape)
        forward, dtype = self._function("forward"), numpy_dtype(p.dtype)
        shapes = [shape, [p.out_channels, p.in_channels // max(p.groups, 1), *p.kernel_size], [p.out_channels]]
        expected = expected_shape(p, shape)
        for s in (*shapes, expected):
            if math.prod(max(n, 0) for n in s) > MOST_ZEROS:
                raise Unsupported(f"without output_shape, the shape is known by a call on zeros; {s} are too many")
        zeros = [np.zeros(s, dtype) for s in shapes]
        if self.tensors:
            zeros = [self.tensors.imported(a, p.dtype) for a in zeros]
        got = np.shape(forward(p, *zeros[:2], zeros[2] if p.bias else None))
        return got if len(got) == len(shape) else expected  # of another rank: the call itself shows it

    def _results(self, request, p, arrays):
        """The arrays that the call asks for, by name."""
        if not self.tensors:
            return self._called(request, p, arrays)
        offered = {name: self.tensors.imported(a, p.dtype) for name, a in arrays.items()}
        return {name: self.tensors.exported(t) for name, t in self._called(request, p, offered).items()}

    def _called(self, request, p, arrays):
        op = request["op"]
        if op == "forward":
            return {"output": self._function(op)(p, arrays["input"], arrays["weight"], arrays.get("bias"))}
        if op == "backward":
            names = ["grad_input", "grad_weight", "grad_bias"]
            got = self._function(op)(p, arrays["input"], arrays["weight"], arrays["grad_output"])
        elif op == "init_parameters":
            names = ["weight", "bias"]
            got = self._function(op)(p, int(request["seed"]))
        else:
            raise ValueError(f"the protocol has no op {op}")
        return dict(zip(names, got))

    def _sums(self, request, dtype):
        """Whether the call is of int32 sums of bytes, and these are offered (DTYPE-11)."""
        others = {t["name"]: t["dtype"] for t in request["inputs"] + request["outputs"]}
        return (self.about["capabilities"].get("int32_sums") and dtype in ("int8", "uint8") and others.get("output") == "int32"
                and others.get("bias", "int32") == "int32")

    def _answer(self, request, arrays):
        """The reply, and its payloads."""
        if request["op"] == "hello":
            DTYPES.update(request["dtypes"])
            return {"status": "ok", "protocol": PROTOCOL, **self.about}, []
        p = SimpleNamespace(**request["params"])
        if request["op"] == "output_shape":
            return {"status": "ok", "shape": [int(n) for n in self._shape(p, request["shape"])]}, []
        for o in request["outputs"]:
            if o["dtype"] != p.dtype and not self._sums(request, p.dtype):
                raise Invalid(f"{o['name']} is offered as {o['dtype']}, and is {p.dtype}")
        results = self._results(request, p, arrays)
        inputs = {t["name"]: t["shape"] for t in request["inputs"]}
        payloads = [payload_of(results[o["name"]], o, p, inputs) for o in request["outputs"]]
        return {"status": "ok", "bytes": [len(b) for b in payloads]}, payloads

    def _guarded(self, request, arrays):
        try:
            return self._answer(request, arrays)
        except Unsupported as e:
            return {"status": "unsupported", "message": sentence(e)}, []
        except Invalid as e:
            return {"status": "invalid", "message": sentence(e)}, []
        except WrongResult as e:
            return {"status": "error", "message": sentence(e)}, []
        except Exception as e:  # whatever the library throws
            padded = padded_bytes(request) if refuses_memory(e) else 0
            if padded > MOST_BYTES:
                words = f"the padded input would have {padded / 2**30:,.0f} GiB: {type(e).__name__}: {sentence(e)}"
                return {"status": "unsupported", "message": words}, []
            traceback.print_exc()
            for_shape = request["op"] == "output_shape" and "output_shape" not in self.functions
            raised = "forward, called on zeros for its shape, raises " if for_shape else ""
            return {"status": "error", "message": f"{raised}{type(e).__name__}: {sentence(e)}"}, []

    # ---- the wire

    def _array(self, tensor, requests):
        """Only memory that may be written can be lent to another library."""
        if not self.tensors:
            return array_of(tensor, requests.read(tensor["bytes"]))
        memory = bytearray(tensor["bytes"])
        requests.readinto(memory)
        array = array_of(tensor, memory)
        return array if memory or array is None else array.copy()

    def serve(self):
        """Answers calls until the runner closes its end. What the library prints goes to stderr."""
        requests = os.fdopen(os.dup(0), "rb")
        replies = os.fdopen(os.dup(1), "wb")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # what the library starts must not read requests
        os.dup2(2, 1)
        self.answer_all(requests, replies)
        sys.exit(0)

    def answer_all(self, requests, replies):
        """Answers calls from one binary file on another until the first ends."""
        for line in requests:
            request = json.loads(line)
            arrays = {t["name"]: self._array(t, requests) for t in request.get("inputs", [])}
            reply, payloads = self._guarded(request, arrays)
            replies.write(json.dumps({"seq": request["seq"], **reply}).encode() + b"\n")
            for payload in payloads:
                replies.write(payload)
            replies.flush()


class _Torch:
    def __init__(self):
        import torch
        self.torch = torch

    def imported(self, array, dtype):
        if array is None:
            return None
        if min(array.strides, default=0) < 0:
            raise Unsupported("negative strides")
        if dtype != "bfloat16":
            return self.torch.from_dlpack(array)
        return self.torch.from_dlpack(array.view(np.int16)).view(self.torch.bfloat16)  # before 2.3 it has no uint16

    def exported(self, tensor):
        if tensor is None:
            return None
        tensor = tensor.detach()
        for resolve in ("resolve_conj", "resolve_neg"):  # torch has them since 1.10
            tensor = getattr(tensor, resolve, lambda kept=tensor: kept)()
        if tensor.dtype != self.torch.bfloat16:
            return np.from_dlpack(tensor)
        return np.from_dlpack(tensor.view(self.torch.int16)).view(np.uint16)


class _Jax:
    def __init__(self):
        import jax
        jax.config.update("jax_enable_x64", True)
        self.jax = jax

    def imported(self, array, dtype):
        """The library takes row-major memory only; from other layouts it copies."""
        if array is None:
            return None
        array = np.ascontiguousarray(array)
        tensor = self.jax.dlpack.from_dlpack(array) if array.size else self.jax.numpy.asarray(array)
        return self.jax.lax.bitcast_convert_type(tensor, self.jax.numpy.bfloat16) if dtype == "bfloat16" else tensor

    def exported(self, tensor):
        if tensor is None:
            return None
        narrow = tensor.dtype == self.jax.numpy.bfloat16
        return np.asarray(self.jax.lax.bitcast_convert_type(tensor, self.jax.numpy.uint16) if narrow else tensor)


TENSORS = {"torch": _Torch, "jax": _Jax}


def expected_shape(p, shape):
    """What torch.nn.Conv2d gives for an input of this shape."""
    def length(n, axis):
        k, s, d = p.kernel_size[axis], max(p.stride[axis], 1), p.dilation[axis]
        both = d * (k - 1) if p.padding == "same" else 0 if isinstance(p.padding, str) else 2 * p.padding[axis]
        return (n + both - d * (k - 1) - 1) // s + 1
    return [*shape[:-3], p.out_channels, length(shape[-2], 0), length(shape[-1], 1)]


def sentence(e):
    """The message of an exception as a reply can carry it: of one line's length, without what JSON or C has no word for."""
    return str(e)[:2000].replace("\0", "?").encode("utf-8", "replace").decode()


def refuses_memory(e):
    """Whether Python or NumPy says that an array can't be made, for its size."""
    vast = r"array is too big|[Mm]aximum (allowed|supported) (dimension|size)"
    return isinstance(e, MemoryError) or isinstance(e, ValueError) and bool(re.search(vast, str(e)))


def padded_bytes(request):
    """Of the input of a call, with the padding around it that its parameters ask for; 0 if it has no input."""
    shapes = [t["shape"] for t in request.get("inputs", []) if t["name"] == "input"]
    shape = request["shape"] if request["op"] == "output_shape" else shapes[0] if shapes else None
    if not shape:
        return 0
    p = SimpleNamespace(**request["params"])
    both = [d * (k - 1) if p.padding == "same" else 0 for d, k in zip(p.dilation, p.kernel_size)]
    if not isinstance(p.padding, str):
        both = [2 * n for n in p.padding]
    return math.prod([*shape[:-2], shape[-2] + both[0], shape[-1] + both[1]]) * numpy_dtype(p.dtype).itemsize


def right_shape(p, name, inputs):
    """Of the result of that name; inputs: the shapes of the inputs, by name."""
    weight = [p.out_channels, p.in_channels // max(p.groups, 1), *p.kernel_size]
    if name == "output":
        return expected_shape(p, inputs["input"])
    return {"grad_input": inputs.get("input"), "grad_weight": weight, "weight": weight}.get(name, [p.out_channels])


def payload_of(result, output, p, inputs):
    """The bytes of a result. If it has not the shape that the call offers, one of the two is wrong. An array of another dtype is
    never converted, which would round it, or drop a part."""
    name, offered, wanted = output["name"], output["shape"], numpy_dtype(output["dtype"])
    given = np.asarray(result).dtype if hasattr(result, "dtype") else wanted
    if given != wanted:
        raise WrongResult(f"the function's {name} is {given}, and {wanted} is right")
    result = np.asarray(result, dtype=wanted)
    if list(result.shape) == offered:
        return result.tobytes()
    if offered == right_shape(p, name, inputs):
        raise WrongResult(f"the function's {name} has the shape {list(result.shape)}, and {offered} is right")
    raise Invalid(f"{name} is offered as {offered}, and is {list(result.shape)}")


def array_of(tensor, data):
    """The array on the bytes that it has in the runner's memory, gaps between elements included.
    None where no array has the shape, which an invalid call may name."""
    shape, dtype = tensor["shape"], numpy_dtype(tensor["dtype"])
    if min(shape, default=0) < 0:
        return None
    if not data:
        return np.broadcast_to(np.zeros(1, dtype), shape)
    strides = [s * dtype.itemsize for s in tensor["strides"]]
    return np.ndarray(shape, dtype, data, tensor["offset"] * dtype.itemsize, strides)
