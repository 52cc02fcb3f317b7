"""onnx_models.py: models of one Conv, for the subjects that take ONNX.

Padding modes are a Pad in front. 'same' is auto_pad SAME_UPPER where the mode is zeros.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import common

PAD_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def tensor_type(p):
    return getattr(TensorProto, {"float32": "FLOAT", "float64": "DOUBLE"}.get(p.dtype, p.dtype.upper()))


def padding_of(p):
    """The attribute of Conv."""
    if p.padding_mode != "zeros" or p.padding == "valid":
        return {"auto_pad": "VALID"}
    if p.padding == "same":
        return {"auto_pad": "SAME_UPPER"}
    return {"pads": [*p.padding, *p.padding]}


def pad_node(p):
    """[node], [its initializer], the name of what Conv takes."""
    if p.padding_mode == "zeros":
        return [], [], "input"
    (top, bottom), (left, right) = common.margins(p)
    pads = numpy_helper.from_array(np.array([0, 0, top, left, 0, 0, bottom, right], np.int64), "pads")
    return [helper.make_node("Pad", ["input", "pads"], ["padded"], mode=PAD_MODES[p.padding_mode])], [pads], "padded"


def make(p, shapes, constants, opset=21):
    """The model. shapes: {"input": [...], ...}; constants: {name: array} of what is part of the model."""
    pad, initializers, first = pad_node(p)
    conv = helper.make_node("Conv", [first, *(n for n in shapes if n != "input")], ["output"], strides=p.stride,
                            dilations=p.dilation, group=p.groups, kernel_shape=p.kernel_size, **padding_of(p))
    inputs = [helper.make_tensor_value_info(n, tensor_type(p), s) for n, s in shapes.items() if n not in constants]
    output = helper.make_tensor_value_info("output", tensor_type(p), [None] * 4)
    initializers += [numpy_helper.from_array(np.ascontiguousarray(a), n) for n, a in constants.items()]
    graph = helper.make_graph([*pad, conv], "conv2d", inputs, [output], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def shapes_of(p, x, w, b):
    """The tensors by name, and their shapes."""
    tensors = {"input": x, "weight": w, **({} if b is None else {"bias": b})}
    return tensors, {n: list(t.shape) for n, t in tensors.items()}


def infer(p, input):
    """The output's shape by onnx.shape_inference."""
    shapes = {"input": input, "weight": [p.out_channels, p.in_channels // p.groups, *p.kernel_size]}
    model = onnx.shape_inference.infer_shapes(make(p, shapes, {}), strict_mode=True)
    return [d.dim_value for d in model.graph.output[0].type.tensor_type.shape.dim]
