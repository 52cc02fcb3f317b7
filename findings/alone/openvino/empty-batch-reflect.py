"""OpenVINO's CPU plugin: Pad in the mode reflect rejects an empty batch, which Convolution takes: a padding of 0
on the axis of the batch counts as more than its size less 1.
Run: python3 empty-batch-reflect.py
Proof: confirmed"""

import numpy as np
import openvino
from openvino import opset13 as node

x = node.parameter([0, 3, 5, 5], np.float32)
try:
    model = openvino.Model([node.pad(x, np.int64([0, 0, 1, 1]), np.int64([0, 0, 1, 1]), "reflect")], [x])
    got = openvino.Core().compile_model(model, "CPU")([np.zeros((0, 3, 5, 5), np.float32)])[0]
    print(got.shape)
    print("not reproduced" if got.shape == (0, 3, 7, 7) else "confirmed")
except RuntimeError as e:
    print(str(e)[-300:])
    print("confirmed")
