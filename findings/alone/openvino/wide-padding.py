"""OpenVINO's CPU plugin: one channel, one filter, no stride, and a padding of columns that is wider than the kernel: the
border holds what lies beside the image in memory.
Run: python3 wide-padding.py
Proof: confirmed"""

import numpy as np
import openvino
from openvino import opset13 as node

settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}


def convolve(x, w, padding):
    images = node.parameter(x.shape, np.float32)
    y = node.convolution(images, node.constant(w), [1, 1], padding, padding, [1, 1])
    return openvino.Core().compile_model(openvino.Model([y], [images]), "CPU", settings)(x)[0]


x = np.ones((1, 1, 9, 40), np.float32)
w = np.ones((1, 1, 1, 1), np.float32)
wrong = False
for columns in range(5):
    got = convolve(x, w, [0, columns])
    want = np.pad(x, ((0, 0), (0, 0), (0, 0), (columns, columns)))
    print(f"padding 0x{columns}: {(got != want).sum()} of {want.size} are wrong")
    wrong = wrong or (got != want).any()
print("confirmed" if wrong else "not reproduced")
