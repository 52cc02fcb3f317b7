"""MNN 3.6.1 on the CPU: expr.conv2d gives nothing for an empty batch: the result can't be read.
Run: python3 empty-batch.py
Proof: confirmed"""

import MNN.expr as F
import numpy as np


def var(array):
    return F.const(np.float32(array), list(np.shape(array)), F.NCHW)


def shape_of(images):
    x = F.convert(var(np.ones((images, 3, 3, 3))), F.NC4HW4)
    y = F.conv2d(x, var(np.ones((3, 3, 3, 3))), var(np.zeros(3)), (1, 1), (0, 0), (1, 1), 1, F.VALID)
    return np.shape(F.convert(y, F.NCHW).read())


print("one image:", shape_of(1))
try:
    print("no image:", shape_of(0))
    print("not reproduced" if shape_of(0) == (0, 3, 1, 1) else "confirmed")
except Exception as e:
    print("no image:", e)
    print("confirmed")
