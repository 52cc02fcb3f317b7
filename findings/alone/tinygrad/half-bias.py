"""tinygrad, float16: the sum of a convolution is rounded before the bias is added, and again after it.
Run: python3 half-bias.py
Proof: confirmed"""

import os
import shutil
import sys

if not shutil.which("clang"):
    sys.exit(print("not here"))  # it compiles for the processor by clang
os.environ.update(DEV="CPU", CACHELEVEL="0")

import numpy as np  # noqa: E402
from tinygrad import Tensor  # noqa: E402

# 2048 + 1 is halfway between two numbers of float16, and becomes 2048; less 2047, that is 1. The sum is 2.
x, weight, bias = (Tensor(np.array(a, np.float16).reshape(shape))
                   for a, shape in (([2048, 1], (1, 2, 1, 1)), ([1, 1], (1, 2, 1, 1)), ([-2047], (1,))))
y = float(x.conv2d(weight, bias).numpy().item())
print(f"2048 + 1 - 2047 is {y}")
print("confirmed" if y == 1 else "not reproduced")
