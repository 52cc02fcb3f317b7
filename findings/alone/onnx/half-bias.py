"""ONNX's reference evaluator, Conv of float16: the sum is rounded before the bias is added, and again after it.
Run: python3 half-bias.py
Proof: confirmed"""

import numpy as np
from onnx import helper
from onnx.reference import ReferenceEvaluator


def convolve(x, w, b):
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    info = [helper.make_tensor_value_info(n, kind, None) for n in "xwby"]
    node = helper.make_node("Conv", ["x", "w", "b"], ["y"])
    model = helper.make_model(helper.make_graph([node], "g", info[:3], info[3:]))
    return ReferenceEvaluator(model).run(None, {"x": x, "w": w, "b": b})[0]


x = np.array([[[[2048]], [[1]]]], np.float16)
got = convolve(x, np.ones((1, 2, 1, 1), np.float16), np.ones(1, np.float16)).item()
print("2048 + 1 with a bias of 1:", got, "instead of 2050")
print("not reproduced" if got == 2050 else "confirmed")
