"""tinygrad_conv.py: tinygrad's Tensor.conv2d on the CPU, gradients by Tensor.gradient, padding modes by Tensor.pad.

Options: --winograd, WINO=1.
"""

import common
import os
import shutil
import sys


if not shutil.which("clang"):
    sys.exit("tinygrad compiles with clang, which is missing")
WINOGRAD = common.option("winograd")
os.environ.update(DEV="CPU", WINO=str(int(WINOGRAD)), CACHELEVEL="0")

import tinygrad  # noqa: E402
from importlib.metadata import version  # noqa: E402
from tinygrad import Tensor, dtypes  # noqa: E402

MODES = {"reflect": "reflect", "replicate": "replicate", "circular": "circular"}


def layer(p, x, w, b):
    (top, bottom), (left, right) = common.margins(p)
    sides = (left, right, top, bottom)
    if p.padding_mode != "zeros":
        x, sides = x.pad(sides, mode=MODES[p.padding_mode]), 0
    # Without a dtype the library sums halves in float32, but bytes in a wider type than the result's.
    return x.conv2d(w, b, groups=p.groups, stride=tuple(p.stride), dilation=tuple(p.dilation), padding=sides,
                    dtype=x.dtype if dtypes.is_int(x.dtype) else None)


def tensor(array):
    return None if array is None else Tensor(array.copy(), device="CPU")


def convolve(p, x, w, b):
    return layer(p, *map(tensor, (x, w, b))).numpy()


def shape(p, input):
    of = lambda *s: Tensor.empty(*s, dtype=getattr(dtypes, p.dtype), device="CPU")  # noqa: E731
    weight = of(p.out_channels, p.in_channels // p.groups, *p.kernel_size)
    return layer(p, of(*input), weight, of(p.out_channels) if p.bias else None).shape


def gradients(p, x, w, gy):
    x, w = tensor(x), tensor(w)
    b = Tensor.zeros(p.out_channels, dtype=x.dtype, device="CPU").contiguous() if p.bias else None
    got = layer(p, x, w, b).gradient(*(t for t in (x, w, b) if t is not None), gradient=tensor(gy))
    return [*(g.numpy() for g in got), None][:3]


common.serve("tinygrad", version("tinygrad"), convolve, gradients, shape, missing=["not implemented", "not supported"],
             description=f"Tensor.conv2d on CPU{', WINO=1' if WINOGRAD else ''}; modes by Tensor.pad", url="https://tinygrad.org/",
             claims=["transform"] if WINOGRAD else [], environment="threads=1",
             dtypes=["float32", "float64", "float16", "int8", "uint8", "int16", "int32", "int64"],
             padding_modes=common.ALL_MODES, own=["same"])
