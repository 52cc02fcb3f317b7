"""OpenCV 5 from PyPI, dnn module, an ONNX model of one Conv: SAME_UPPER splits (k - 1) instead of
dilation * (k - 1).
Run: python3 same-ignores-dilation.py
Proof: confirmed"""

import cv2
import numpy as np
from onnx import helper, numpy_helper


def convolve(x, w, **attributes):
    conv = helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=w.shape[2:], **attributes)
    info = helper.make_tensor_value_info
    graph = helper.make_graph([conv], "g", [info("x", 1, x.shape)], [info("y", 1, [None] * 4)], [numpy_helper.from_array(w, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8).SerializeToString()
    net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
    net.setInput(x)
    return net.forward()


x = np.arange(25, dtype=np.float32).reshape(1, 1, 5, 5)
w = np.float32([[[[1, 2, 4], [8, 16, 32], [64, 128, 256]]]])
want = convolve(x, w, dilations=[2, 2], pads=[2, 2, 2, 2])
got = convolve(x, w, dilations=[2, 2], auto_pad="SAME_UPPER")
print("shapes", got.shape, want.shape)
print("not reproduced" if got.shape == want.shape and (got == want).all() else "confirmed")
