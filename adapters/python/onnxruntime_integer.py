"""onnxruntime_integer.py: ONNX Runtime's ConvInteger: int32 sums of bytes. The adapter adds the bias, which the operator lacks.

Option: --constant, the weight is part of the model.
"""

import common
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import onnx_models

CONSTANT = common.option("constant")
TYPES = {"int8": TensorProto.INT8, "uint8": TensorProto.UINT8}

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = common.THREADS
options.log_severity_level = 4


def model_of(p, x, w):
    pad, initializers, first = onnx_models.pad_node(p)
    conv = helper.make_node("ConvInteger", [first, "weight"], ["output"], strides=p.stride, dilations=p.dilation,
                            group=p.groups, kernel_shape=p.kernel_size, **onnx_models.padding_of(p))
    inputs = [helper.make_tensor_value_info("input", TYPES[str(x.dtype)], x.shape)]
    if CONSTANT:
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(w), "weight"))
    else:
        inputs.append(helper.make_tensor_value_info("weight", TYPES[str(w.dtype)], w.shape))
    output = helper.make_tensor_value_info("output", TensorProto.INT32, [None] * 4)
    graph = helper.make_graph([*pad, conv], "conv2d", inputs, [output], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def convolve(p, x, w, b):
    session = onnxruntime.InferenceSession(model_of(p, x, w).SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {"input": np.ascontiguousarray(x), **({} if CONSTANT else {"weight": np.ascontiguousarray(w)})}
    y = session.run(None, feeds)[0]
    return y if b is None else y + b[:, None, None]


common.serve("ONNX Runtime ConvInteger", onnxruntime.__version__, convolve, sums=True,
             missing=["NOT_IMPLEMENTED", "Failed to allocate memory", "Dilation not supported"],
             description=f"CPUExecutionProvider, the weight {'in the model' if CONSTANT else 'an input'}",
             url="https://onnxruntime.ai/", environment=f"threads={common.THREADS}",
             int32_sums=["int8-int8", "uint8-int8", "uint8-uint8", "int8-uint8"],
             padding_modes=common.ALL_MODES, own=["layout", "same", "bias"])
