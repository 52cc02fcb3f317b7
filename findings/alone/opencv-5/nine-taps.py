"""OpenCV 5 from PyPI, dnn module, an ONNX model of one Conv: wrong sums of a kernel of 1x9
with a stride of 4 along rows.
Run: python3 kernel-1x9.py
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


rng = np.random.default_rng(0)
x = rng.integers(-3, 4, (2, 129, 1, 12)).astype(np.float32)
w = rng.integers(-3, 4, (31, 129, 1, 9)).astype(np.float32)
want = np.einsum("ncs,kcs->nk", x[:, :, 0, :9], w[:, :, 0])
got = convolve(x, w, strides=[1, 4])[:, :, 0, 0]
print(int((got != want).sum()), "of", want.size, "are wrong")
print("confirmed" if (got != want).any() else "not reproduced")
