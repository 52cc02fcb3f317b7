"""autograd_conv.py: autograd.scipy.signal.convolve and its gradients.

The library sums over channels (dot_axes). The adapter flips the kernel, pads, picks every
s-th output for a stride, calls once for each group, and adds the bias; autograd differentiates all of it.
"""

import common
from importlib.metadata import version

import autograd.numpy as np
from autograd import make_vjp
from autograd.scipy.signal import convolve as correlate


def flipped(p, w):
    """The library has no dilation, and zeros between the taps would make NaN of an infinity."""
    if max(p.dilation) > 1:
        raise common.Unsupported("no dilation")
    return w[:, :, ::-1, ::-1]


def layer(p, x, w, b):
    x = np.pad(x, common.widths(p, x.shape), common.NUMPY_MODES[p.padding_mode]) if np.max(common.margins(p)) > 0 else x
    w, size = flipped(p, w), p.in_channels // p.groups
    parts = [correlate(x[:, g * size:(g + 1) * size], part, axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid")
             for g, part in enumerate(np.split(w, p.groups))]
    y = np.concatenate(parts, 1)[:, :, ::p.stride[0], ::p.stride[1]]
    return y if b is None else y + b[:, None, None]


def convolve(p, x, w, b):
    return layer(p, x, w, b)


def gradients(p, x, w, gy):
    b = np.zeros(p.out_channels, p.dtype) if p.bias else None
    pull, _ = make_vjp(lambda t: layer(p, t[0], t[1], t[2] if p.bias else None))((x, w, b) if p.bias else (x, w))
    return [*pull(gy), None][:3]


common.serve("autograd", version("autograd"), convolve, gradients,
             description="scipy.signal.convolve with dot_axes; padding, stride, groups and bias by the adapter, differentiated by the library",
             url="https://github.com/HIPS/autograd", dtypes=["float32", "float64"], padding_modes=["zeros"],
             own=["shape", "bias", "padding", "same", "stride", "groups"])
