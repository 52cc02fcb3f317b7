"""ONNX's reference evaluator, Conv with dilation: pixels between the taps are multiplied by zero, so that a NaN there reaches the sum.
Run: python3 dilation-nan.py
Proof: confirmed"""

import numpy as np
from onnx import helper
from onnx.reference import ReferenceEvaluator


def convolve(x, w, **attributes):
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    info = [helper.make_tensor_value_info(n, kind, None) for n in "xwy"]
    node = helper.make_node("Conv", ["x", "w"], ["y"], **attributes)
    model = helper.make_model(helper.make_graph([node], "g", info[:2], info[2:]))
    return ReferenceEvaluator(model).run(None, {"x": x, "w": w})[0]


x = np.ones((1, 1, 1, 3), np.float32)
x[0, 0, 0, 1] = np.nan  # taps 0 and 2 do not meet it
got = convolve(x, np.ones((1, 1, 1, 2), np.float32), dilations=[1, 2]).item()
print("1 + 1 with a NaN between the taps:", got)
print("not reproduced" if got == 2 else "confirmed")
