"""common.py: what the subjects of this folder share.

A subject has a function `convolve (p, input, weight, bias)`, and perhaps `gradients (p, input, weight,
grad_output)`, on batches of NumPy arrays. Images without a batch, bfloat16, and the meaning of what a library
throws are dealt with here. An exception is the library's answer, so it is passed on as a failure. Only what the
library itself calls not implemented becomes "unsupported".
"""

import functools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import numpy as np  # noqa: E402

from conv2d_subject import Invalid, Subject, Unsupported  # noqa: E402, F401
from padding import NUMPY_MODES, margins  # noqa: E402, F401

# Some libraries print while they are imported, which must not go where the replies go: import this module first.
REPLIES = os.dup(1)
os.dup2(2, 1)

# How many threads the subject may have: --subject-threads arrives as this variable.
THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))

ALL_LAYOUTS = ["nchw", "nhwc", "gaps", "reversed", "broadcast", "odd"]
ALL_MODES = ["zeros", "reflect", "replicate", "circular"]
MOST_ELEMENTS = 1e8  # of what is padded in memory


def option(name):
    """Whether the command line has --NAME."""
    return f"--{name}" in sys.argv[1:]


def widths(p, shape, channels_last=False):
    """Of pad functions like NumPy's: a pair for each axis of a batch. The library pads in memory, so that there is a limit."""
    sides = margins(p)
    rows = 1 if channels_last else 2
    if np.prod([float(n + sum(m)) for n, m in zip(shape[rows:rows + 2], sides)]) > MOST_ELEMENTS:
        raise Unsupported("padded in memory, this would be too much")
    return [(0, 0), *sides, (0, 0)] if channels_last else [(0, 0), (0, 0), *sides]


def fits(p, bits):
    """Refuses parameters that the library's integers do not hold."""
    numbers = [*p.kernel_size, *p.stride, *p.dilation, *(p.padding if isinstance(p.padding, list) else [])]
    if max(map(abs, numbers)) >= 2 ** (bits - 1):
        raise Unsupported(f"parameters beyond {bits} bits")


def widened(p, array):
    """Of bfloat16, which comes as uint16, the numbers."""
    if p.dtype != "bfloat16" or array is None:
        return array
    import ml_dtypes
    return array.view(ml_dtypes.bfloat16)


def narrowed(p, array, sums=False):
    """What goes back to the runner. sums: of bytes, in int32."""
    if array is None:
        return None
    array = np.asarray(array)
    if p.dtype == "bfloat16":
        return np.ascontiguousarray(array).view(np.uint16)
    if array.dtype != ("int32" if sums else p.dtype):
        raise TypeError(f"the library gives {array.dtype} for {p.dtype}")
    return array


def answers(missing):
    """A decorator: NotImplementedError, a lack of memory, and messages with one of these phrases, say that something is not offered."""
    def decorate(function):
        @functools.wraps(function)
        def guarded(*arguments):
            try:
                return function(*arguments)
            except (NotImplementedError, MemoryError) as e:
                raise Unsupported(str(e)) from e
            except Exception as e:
                if any(phrase in str(e) for phrase in missing):
                    raise Unsupported(str(e).split("\n")[0]) from e
                raise
        return guarded
    return decorate


def serve(name, version, convolve, gradients=None, shape=None, missing=(), unbatched=False, sums=False, **about):
    """Serves a subject until the end. `shape (p, shape of a batch)` asks the library for a shape; without it the
    result of `convolve` on zeros has it. `unbatched`: the library takes images without a batch, too. `sums`: results are
    int32 sums of bytes."""
    directions = ["forward", "backward"] if gradients else ["forward"]
    about.setdefault("layouts", ALL_LAYOUTS)
    subject = Subject(name=name, version=version, directions=directions, **about)

    def batch(array):
        return array[None] if array.ndim == 3 and not unbatched else array

    @subject.forward
    @answers(missing)
    def forward(p, input, weight, bias):
        output = convolve(p, batch(widened(p, input)), widened(p, weight), widened(p, bias))
        output = narrowed(p, output, sums)
        return output[0] if output.ndim > input.ndim else output

    if shape:
        @subject.output_shape
        @answers(missing)
        def output_shape(p, input):
            lifted = [1, *input] if len(input) == 3 and not unbatched else input
            got = list(shape(p, lifted))
            return got[1:] if len(got) > len(input) else got

    if gradients:
        @subject.backward
        @answers(missing)
        def backward(p, input, weight, grad_output):
            got = gradients(p, batch(widened(p, input)), widened(p, weight), batch(widened(p, grad_output)))
            first, *rest = (narrowed(p, a) for a in got)
            return first[0] if first.ndim > input.ndim else first, *rest

    os.dup2(REPLIES, 1)
    subject.serve()
