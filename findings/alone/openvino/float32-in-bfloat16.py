"""OpenVINO's CPU plugin on a processor with AVX512_BF16 or AMX: float32 is computed in bfloat16 unless INFERENCE_PRECISION_HINT
says otherwise, so that 257 times 1 is 256.
Run: python3 float32-in-bfloat16.py
Proof: confirmed"""

import numpy as np
import openvino
from openvino import opset13 as node

core = openvino.Core()
x, w = node.parameter([1, 16, 8, 8], np.float32), node.parameter([16, 16, 3, 3], np.float32)
model = openvino.Model([node.convolution(x, w, [1, 1], [0, 0], [0, 0], [1, 1])], [x, w])
images, weight = np.zeros((1, 16, 8, 8), np.float32), np.zeros((16, 16, 3, 3), np.float32)
images[0, 0], weight[:, 0, 0, 0] = 257, 1
compiled = core.compile_model(model, "CPU")
got = compiled([images, weight])[0][0, 0, 0, 0]
exact = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([images, weight])[0][0, 0, 0, 0]
print("257 * 1 =", got, " and with the hint f32:", exact)
flags = open("/proc/cpuinfo").read()
print("confirmed" if got != 257 and exact == 257 else "not reproduced" if "avx512_bf16" in flags else "not here")
