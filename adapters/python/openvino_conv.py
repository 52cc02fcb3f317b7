"""openvino_conv.py: OpenVINO's Convolution and GroupConvolution on the CPU plugin.

A processor with AMX or AVX512_BF16 makes the plugin compute float32 in bfloat16, unless an option says otherwise.
Options: --exact, INFERENCE_PRECISION_HINT float32; without it, the plugin's choice.
"""

import common
import numpy as np
import openvino
from openvino import opset13


EXACT = common.option("exact")
core = openvino.Core()
settings = {"INFERENCE_NUM_THREADS": common.THREADS, "NUM_STREAMS": 1, **({"INFERENCE_PRECISION_HINT": "f32"} if EXACT else {})}
PAD_MODES = {"reflect": "reflect", "replicate": "edge"}


def sides_of(p):
    """pads_begin, pads_end, auto_pad"""
    if p.padding_mode != "zeros" or p.padding == "valid":
        return [0, 0], [0, 0], "valid"
    if p.padding == "same":
        return [0, 0], [0, 0], "same_upper"
    return p.padding, p.padding, "explicit"


def graph(p, x, w, b):
    """The layer's node, of parameters with these shapes."""
    node, begin, end = opset13, *sides_of(p)[:2]
    images = x
    if p.padding_mode != "zeros":
        (top, bottom), (left, right) = common.margins(p)
        images = node.pad(x, np.int64([0, 0, top, left]), np.int64([0, 0, bottom, right]), PAD_MODES[p.padding_mode])
    arguments = (p.stride, begin, end, p.dilation, sides_of(p)[2])
    if p.groups == 1:
        y = node.convolution(images, w, *arguments)
    else:
        shape = [p.groups, p.out_channels // p.groups, p.in_channels // p.groups, *p.kernel_size]
        y = node.group_convolution(images, node.reshape(w, np.int64(shape), False), *arguments)
    return y if b is None else node.add(y, node.reshape(b, np.int64([1, -1, 1, 1]), False))


def model_of(p, shapes):
    inputs = [opset13.parameter(s, np.dtype(p.dtype)) for s in shapes]
    return openvino.Model([graph(p, *inputs, *[None] * (3 - len(inputs)))], inputs)


def convolve(p, x, w, b):
    tensors = [np.ascontiguousarray(t) for t in (x, w, b) if t is not None]
    compiled = core.compile_model(model_of(p, [t.shape for t in tensors]), "CPU", settings)
    return compiled(tensors)[0]


def shape(p, input):
    weight = [p.out_channels, p.in_channels // p.groups, *p.kernel_size]
    return list(model_of(p, [input, weight]).output(0).shape)


common.serve("OpenVINO", openvino.__version__.split("-")[0], convolve, shape=shape,
             missing=["not supported yet", "Not implemented", "NOT IMPLEMENTED"],
             description=f"CPU plugin, {'float32 asked for' if EXACT else 'its own choice of precision'}; bias by Add, modes by Pad",
             url="https://docs.openvino.ai/", environment=f"threads={common.THREADS} precision={'f32' if EXACT else 'default'}",
             dtypes=["float32"], padding_modes=["zeros", "reflect", "replicate"], own=["layout", "same"])
