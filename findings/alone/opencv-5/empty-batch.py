"""OpenCV 5 from PyPI, dnn module, an ONNX model of one Conv: an empty batch divides by zero.
Run: python3 empty-batch.py
Proof: SIGFPE"""

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


convolve(np.ones((0, 4, 6, 7), np.float32), np.ones((6, 4, 3, 3), np.float32))
print("not reproduced")
