"""OpenCV 5 from PyPI, dnn module, an ONNX model of one Conv: NaN and infinity become finite.
Run: python3 nan.py
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


x = np.ones((1, 1, 3, 3), np.float32)
x[0, 0, 1, 1] = np.nan
of_nan = convolve(x, np.ones((1, 1, 3, 3), np.float32)).item()
x[0, 0, 1, 1] = np.inf
of_infinity = convolve(x, np.ones((1, 1, 3, 3), np.float32)).item()
print("a window with NaN:", of_nan, " with infinity:", of_infinity)
print("not reproduced" if np.isnan(of_nan) and of_infinity == np.inf else "confirmed")
