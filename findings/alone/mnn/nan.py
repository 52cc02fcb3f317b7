"""MNN 3.6.1 on the CPU: expr.conv2d turns a NaN of the input, and an infinity, into finite numbers.
Run: python3 nan.py
Proof: confirmed"""

import MNN.expr as F
import numpy as np


def var(array):
    return F.const(np.float32(array), list(np.shape(array)), F.NCHW)


def first(pixel):
    x = np.ones((1, 1, 3, 3), np.float32)
    x[0, 0, 1, 1] = pixel
    y = F.conv2d(F.convert(var(x), F.NC4HW4), var(np.ones((1, 1, 3, 3))), var(np.zeros(1)), (1, 1), (0, 0), (1, 1), 1, F.VALID)
    return float(np.array(F.convert(y, F.NCHW).read()).flatten()[0])


of_nan, of_infinity = first(np.nan), first(np.inf)
print("a window with NaN:", of_nan, " with infinity:", of_infinity)
print("confirmed" if np.isfinite(of_nan) or np.isfinite(of_infinity) else "not reproduced")
