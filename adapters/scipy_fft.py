"""scipy_fft.py: scipy.signal.fftconvolve under Conv2d (Debian: python3-scipy).

SciPy multiplies the transforms of all channels of a group with those of a kernel. Every output is made
of every input of its image and group, so rounding and NaN spread as in no sum of products: judged as a
transform. scipy_conv.py pads; a dilated kernel is stuffed with zeros, a stride is a slice.
"""

import numpy as np
import scipy
from scipy.signal import fftconvolve

from conv2d_subject import Subject
from scipy_conv import on_padded_batch, output_shape

subject = Subject(
    name="SciPy FFT", version=scipy.__version__, url="https://scipy.org/",
    description="signal.fftconvolve over the planes of a group; padding, dilation, stride and bias by the adapter",
    claims=["transform"],
    own=["shape", "bias", "padding", "same", "stride", "dilation", "groups", "sums"],
    dtypes=["float32", "float64", "complex64", "complex128"],
    layouts=["nchw", "nhwc", "gaps", "reversed", "broadcast", "odd"],
    padding_modes=["zeros", "reflect", "replicate", "circular"],
    directions=["forward"])

subject.output_shape(output_shape)


def dilated(weight, dilation):
    """The kernels with zeros between their taps."""
    extent = [d * (k - 1) + 1 for d, k in zip(dilation, weight.shape[2:])]
    out = np.zeros([*weight.shape[:2], *extent], weight.dtype)
    out[:, :, ::dilation[0], ::dilation[1]] = weight
    return out


def convolve(p, batch, weight):
    """[N, K, H, W] of a padded batch, a group at a time; fftconvolve flips kernels, so they are flipped before."""
    kernels = dilated(weight, p.dilation)[:, :, ::-1, ::-1]
    inputs, outputs = weight.shape[1], p.out_channels // p.groups
    planes = []
    for k, kernel in enumerate(kernels):
        first = k // outputs * inputs
        channels = batch[:, first:first + inputs]
        planes.append(fftconvolve(channels, kernel[None], "valid", axes=(2, 3)).sum(1))
    return np.stack(planes, 1)[:, :, ::p.stride[0], ::p.stride[1]]


@subject.forward
def forward(p, input, weight, bias):
    def whole(batch):
        output = convolve(p, batch, weight)
        return output if bias is None else output + bias[:, None, None]

    return on_padded_batch(p, input, whole)


if __name__ == "__main__":
    subject.serve()
