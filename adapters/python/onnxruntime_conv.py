"""onnxruntime_conv.py: ONNX Runtime's Conv. Weight and bias are inputs of the graph, or with --initializer part of the model.

Options: --initializer; --xnnpack, that execution provider, where the build has it.
"""

import common
import numpy as np
import onnxruntime

import onnx_models

CONSTANT = common.option("initializer")
PROVIDER = "XnnpackExecutionProvider" if common.option("xnnpack") else "CPUExecutionProvider"

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = common.THREADS
options.log_severity_level = 4


def convolve(p, x, w, b):
    tensors, shapes = onnx_models.shapes_of(p, x, w, b)
    constants = {n: t for n, t in tensors.items() if CONSTANT and n != "input"}
    model = onnx_models.make(p, shapes, constants)
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=[PROVIDER])
    feeds = {n: np.ascontiguousarray(t) for n, t in tensors.items() if n not in constants}
    return session.run(None, feeds)[0]


if PROVIDER not in onnxruntime.get_available_providers():
    raise SystemExit(f"this build of ONNX Runtime has no {PROVIDER}")
common.serve("ONNX Runtime", onnxruntime.__version__, convolve,
             missing=["NOT_IMPLEMENTED", "Failed to allocate memory"],
             description=f"{PROVIDER}, {'weight and bias in the model' if CONSTANT else 'weight and bias as inputs'}",
             url="https://onnxruntime.ai/", environment=f"threads={common.THREADS}",
             dtypes=["float32", "float64", "float16"], padding_modes=common.ALL_MODES, own=["layout", "same"])
