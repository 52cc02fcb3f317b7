"""triton_conv.py: a convolution as people write it in Triton: an implicit product of matrices by tl.dot.

Options: --tf32, float32 is rounded to TF32 for the tensor cores. Tensors are PyTorch's on the first CUDA device; with
TRITON_INTERPRET=1 Triton runs the kernel without one, on the processor.
"""

import os

import common
import numpy as np

import torch
import triton
import triton.language as tl

TF32 = common.option("tf32")
PLACE = "cpu" if os.environ.get("TRITON_INTERPRET") == "1" else "cuda"
BLOCK_CHANNELS, BLOCK_PLACES, BLOCK_PRODUCTS = 16, 32, 16


@triton.jit
def conv2d_kernel(x, w, b, y, images, channels, rows, columns, outputs, out_rows, out_columns, kernel_rows, kernel_columns,
                  stride_rows, stride_columns, padding_rows, padding_columns, dilation_rows, dilation_columns, groups,
                  HAS_BIAS: tl.constexpr, PRECISION: tl.constexpr, CHANNELS: tl.constexpr, PLACES: tl.constexpr,
                  PRODUCTS: tl.constexpr):
    group = tl.program_id(2)
    group_outputs = outputs // groups
    group_channels = channels // groups
    products = group_channels * kernel_rows * kernel_columns
    k = tl.program_id(1) * CHANNELS + tl.arange(0, CHANNELS)
    place = tl.program_id(0) * PLACES + tl.arange(0, PLACES)
    j = place % out_columns
    i = place // out_columns % out_rows
    n = place // (out_columns * out_rows)
    k_there = k < group_outputs
    place_there = place < images * out_rows * out_columns
    total = tl.zeros((CHANNELS, PLACES), dtype=tl.float32)
    for first in range(0, products, PRODUCTS):
        q = first + tl.arange(0, PRODUCTS)
        s = q % kernel_columns
        r = q // kernel_columns % kernel_rows
        c = q // (kernel_columns * kernel_rows)
        q_there = q < products
        left = tl.load(w + (group * group_outputs + k)[:, None] * products + q[None, :], mask=k_there[:, None] & q_there[None, :], other=0.0)
        h = i[None, :] * stride_rows + r[:, None] * dilation_rows - padding_rows
        v = j[None, :] * stride_columns + s[:, None] * dilation_columns - padding_columns
        inside = (h >= 0) & (h < rows) & (v >= 0) & (v < columns) & q_there[:, None] & place_there[None, :]
        at = ((n[None, :] * channels + group * group_channels + c[:, None]) * rows + h) * columns + v
        right = tl.load(x + at, mask=inside, other=0.0)
        total = tl.dot(left, right, total, input_precision=PRECISION)
    channel = group * group_outputs + k
    if HAS_BIAS:
        total += tl.load(b + channel, mask=k_there, other=0.0).to(tl.float32)[:, None]
    to = ((n[None, :] * outputs + channel[:, None]) * out_rows + i[None, :]) * out_columns + j[None, :]
    tl.store(y + to, total.to(y.dtype.element_ty), mask=k_there[:, None] & place_there[None, :])


def tensor_of(p, array):
    if array is None:
        return None
    array = np.ascontiguousarray(array)
    tensor = torch.from_numpy(array.view(np.int16)).view(torch.bfloat16) if p.dtype == "bfloat16" else torch.from_numpy(array)
    return tensor.to(PLACE)


def array_of(tensor):
    tensor = tensor.cpu()
    return tensor.view(torch.int16).numpy().view(np.uint16) if tensor.dtype == torch.bfloat16 else tensor.numpy()


def output_shape(p, shape):
    """Triton has no convolution of its own, so no shape either."""
    if p.in_channels == 0:
        raise common.Unsupported("no input channels")
    common.fits(p, 32)
    (top, bottom), (left, right) = common.margins(p)
    sizes = [shape[2] + top + bottom, shape[3] + left + right]
    spans = [d * (k - 1) + 1 for d, k in zip(p.dilation, p.kernel_size)]
    return [shape[0], p.out_channels, *((n - span) // s + 1 for n, span, s in zip(sizes, spans, p.stride))]


def convolve(p, input, weight, bias):
    x, w, b = (tensor_of(p, a) for a in (input, weight, bias))
    shape = output_shape(p, list(input.shape))
    if max(np.prod(shape, dtype=float), x.numel(), w.numel()) >= 2**31:
        raise common.Unsupported("more elements than 32 bits count")
    y = torch.empty(shape, dtype=x.dtype, device=PLACE)
    if y.numel() == 0:
        return array_of(y)
    (top, _), (left, _) = common.margins(p)
    grid = (triton.cdiv(shape[0] * shape[2] * shape[3], BLOCK_PLACES), triton.cdiv(p.out_channels // p.groups, BLOCK_CHANNELS), p.groups)
    conv2d_kernel[grid](x, w, x if b is None else b, y, *input.shape, p.out_channels, *shape[2:], *p.kernel_size, *p.stride, int(top), int(left),
                        *p.dilation, p.groups, b is not None, "tf32" if TF32 else "ieee", BLOCK_CHANNELS, BLOCK_PLACES, BLOCK_PRODUCTS)
    return array_of(y)


common.serve("Triton", triton.__version__, convolve, shape=output_shape, url="https://triton-lang.org/",
             description="a kernel by tl.dot" + (", TF32" if TF32 else "") + (", interpreted" if PLACE == "cpu" else ", on a CUDA device"),
             dtypes=["float32", "float16", "bfloat16"], padding_modes=["zeros"], jobs=0 if PLACE == "cpu" else 1,
             numerics="tf32-tensor-core; tensor-core" if TF32 else "tensor-core")
