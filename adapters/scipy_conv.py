"""scipy_conv.py: scipy.signal.correlate2d under Conv2d (Debian: python3-scipy).

SciPy correlates one plane with one kernel. This file adds padding (numpy.pad), dilation (every d-th
row and column is a plane of its own), the sum over channels, stride (a slice) and the bias.
"""

import numpy as np
import scipy
from scipy.signal import correlate2d

from conv2d_subject import Subject, Unsupported
from python import padding

subject = Subject(
    name="SciPy", version=scipy.__version__, url="https://scipy.org/",
    description="signal.correlate2d plane by plane; padding, dilation, channels and stride by the adapter",
    own=["shape", "bias", "padding", "same", "stride", "dilation", "groups", "sums"],
    dtypes=["float32", "float64", "int8", "uint8", "int16", "int32", "int64", "complex64", "complex128"],
    layouts=["nchw", "nhwc", "gaps", "reversed", "broadcast", "odd"],
    padding_modes=["zeros", "reflect", "replicate", "circular"],
    directions=["forward"])


def margins(p):
    if p.padding not in ("valid", "same") and min(p.padding) < 0:
        raise Unsupported("negative padding")
    return padding.margins(p)


@subject.output_shape
def output_shape(p, shape):
    extents = [d * (k - 1) + 1 for d, k in zip(p.dilation, p.kernel_size)]
    spatial = [(n + sum(m) - e) // s + 1 for n, m, e, s in zip(shape[-2:], margins(p), extents, p.stride)]
    return [*shape[:-3], p.out_channels, *spatial]


def correlate(x, kernel, dilation):
    """One plane. Taps that lie d apart meet every d-th row or column: a plane of its own for each phase."""
    extent = [d * (k - 1) + 1 for d, k in zip(dilation, kernel.shape)]
    out = np.empty([n - e + 1 for n, e in zip(x.shape, extent)], x.dtype)
    for a in range(min(dilation[0], out.shape[0])):
        for b in range(min(dilation[1], out.shape[1])):
            phase = np.s_[a::dilation[0], b::dilation[1]]
            out[phase] = correlate2d(x[phase], kernel.conj(), "valid")  # which it conjugates itself
    return out


def image(p, x, weight, bias):
    """One image, padded already."""
    per_group = p.out_channels // p.groups
    planes = []
    for k in range(p.out_channels):
        first = k // per_group * weight.shape[1]
        plane = sum(correlate(x[first + c], kernel, p.dilation) for c, kernel in enumerate(weight[k]))
        plane = plane[::p.stride[0], ::p.stride[1]]
        planes.append(plane if bias is None else plane + bias[k])
    return planes


def pad(p, batch):
    sides = margins(p)
    if np.prod([float(n + sum(m)) for n, m in zip(batch.shape[2:], sides)]) > 1e8:
        raise Unsupported("the adapter pads in memory, and this is too much")
    return np.pad(batch, [(0, 0), (0, 0), *sides], padding.NUMPY_MODES[p.padding_mode])


def on_padded_batch(p, input, convolve):
    """convolve (padded batch), of an input that may have no batch or no images."""
    if 0 in input.shape[-3:]:
        raise Unsupported("nothing to convolve")
    if 0 in input.shape:
        return np.empty(output_shape(p, input.shape), input.dtype)
    with np.errstate(all="ignore"):
        output = convolve(pad(p, input if input.ndim == 4 else input[None]))
    return output if input.ndim == 4 else output[0]


@subject.forward
def forward(p, input, weight, bias):
    return on_padded_batch(p, input, lambda batch: np.array([image(p, x, weight, bias) for x in batch], input.dtype))


if __name__ == "__main__":
    subject.serve()
