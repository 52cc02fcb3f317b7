"""onnx_reference.py: the ONNX project's own reference evaluator, which other runtimes are measured by."""

import common
import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

import onnx_models


def convolve(p, x, w, b):
    tensors, shapes = onnx_models.shapes_of(p, x, w, b)
    model = onnx_models.make(p, shapes, {})
    with np.errstate(all="ignore"):
        return ReferenceEvaluator(model).run(None, {n: np.ascontiguousarray(t) for n, t in tensors.items()})[0]


common.serve("ONNX reference", onnx.__version__, convolve, shape=onnx_models.infer,
             description="onnx.reference.ReferenceEvaluator, shapes by onnx.shape_inference", url="https://onnx.ai/",
             dtypes=["float32", "float64", "float16"], padding_modes=common.ALL_MODES, own=["layout", "same"])
