"""OpenCV 5 from PyPI, dnn module, an ONNX model of one Conv: wrong sums of kernels of 1x9 and
9x1, which have as many taps as one of 3x3. Those of a layer with one channel in each group are right, and dilated ones.
Run: python3 nine-taps.py
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
wrong = False
for kernel, name in [((1, 9), "1x9"), ((9, 1), "9x1")]:
    x = rng.integers(-3, 4, (1, 8, *kernel)).astype(np.float32)
    w = rng.integers(-3, 4, (16, 8, *kernel)).astype(np.float32)
    want = np.einsum("ncrs,kcrs->nk", x, w)
    got = convolve(x, w)[:, :, 0, 0]
    print(f"{name}: {(got != want).sum()} of {want.size} are wrong")
    wrong = wrong or (got != want).any()
print("confirmed" if wrong else "not reproduced")
