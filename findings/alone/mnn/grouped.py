"""MNN 3.6.1 on the CPU: expr.conv2d computes two groups of channels wrongly. All numbers are small integers.
Run: python3 grouped.py
Proof: confirmed"""

import MNN.expr as F
import numpy as np

GROUPS = 2
rng = np.random.default_rng(0)
x = rng.integers(-3, 4, (1, 4, 5, 5)).astype(np.float32)
w = rng.integers(-3, 4, (6, 2, 3, 3)).astype(np.float32)


def var(array):
    return F.const(array, list(array.shape), F.NCHW)


def want():
    y = np.zeros((1, 6, 3, 3), np.float32)
    for k, i, j in np.ndindex(6, 3, 3):
        first = k // (6 // GROUPS) * (4 // GROUPS)
        y[0, k, i, j] = (x[0, first:first + 2, i:i + 3, j:j + 3] * w[k]).sum()
    return y


got = F.conv2d(F.convert(var(x), F.NC4HW4), var(w), var(np.zeros(6, np.float32)), (1, 1), (0, 0), (1, 1), GROUPS, F.VALID)
got = np.array(F.convert(got, F.NCHW).read())
print("first of each channel: got", got[0, :, 0, 0], "want", want()[0, :, 0, 0])
print("not reproduced" if (got == want()).all() else "confirmed")
