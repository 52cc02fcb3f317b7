"""OpenCV 5 from PyPI, dnn module, an ONNX model of one Conv: the border that padding makes around
a 1x1 convolution is memory that nobody wrote.
Run: python3 pointwise-padded.py
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


x = np.arange(80, dtype=np.float32).reshape(2, 2, 4, 5)
ones = np.ones((3, 2, 1, 1), np.float32)
want = np.pad(x.sum(1, keepdims=True).repeat(3, 1), ((0, 0), (0, 0), (2, 2), (1, 1)))
convolve(np.full((2, 2, 8, 9), 7, np.float32), ones)  # leaves numbers in memory
wrong = max(int((convolve(x, ones, pads=[2, 1, 2, 1]) != want).sum()) for _ in range(20))
print(wrong, "of", want.size, "are wrong")
print("confirmed" if wrong > 0 else "not reproduced")
