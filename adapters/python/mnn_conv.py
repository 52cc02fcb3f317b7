"""mnn_conv.py: MNN's expression conv2d on the CPU. Padding modes by its expression pad."""

import common
import MNN
import MNN.expr as F
import numpy as np


PAD_MODES = {"zeros": F.CONSTANT, "reflect": F.REFLECT}


def var(array):
    return F.const(np.ascontiguousarray(array), list(array.shape), F.NCHW)


def convolve(p, x, w, b):
    common.fits(p, 31)
    images, sides = var(x), tuple(p.padding) if isinstance(p.padding, list) else (0, 0)
    mode = {"same": F.SAME, "valid": F.VALID}.get(p.padding, F.CAFFE) if isinstance(p.padding, str) else F.CAFFE
    if p.padding_mode != "zeros":
        pairs = np.int32(common.widths(p, x.shape))
        images, sides, mode = F.pad(images, F.const(pairs, list(pairs.shape), F.NCHW, F.int), PAD_MODES[p.padding_mode]), (0, 0), F.VALID
    bias = var(np.zeros(p.out_channels, np.float32) if b is None else b)
    y = F.conv2d(F.convert(images, F.NC4HW4), var(w), bias, tuple(p.stride[::-1]), tuple(sides[::-1]), tuple(p.dilation[::-1]), p.groups, mode)
    return np.array(F.convert(y, F.NCHW).read())


common.serve("MNN", MNN.version() if hasattr(MNN, "version") else MNN.__version__, convolve,
             description="expr.conv2d, CPU; modes by expr.pad; a bias of zeros where there is none", url="https://www.mnn.zone/",
             claims=["transform"], environment="threads=4", dtypes=["float32"], padding_modes=["zeros", "reflect"], own=["layout"])
