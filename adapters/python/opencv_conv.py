"""opencv_conv.py: OpenCV's dnn module from PyPI's wheel, a network read from an ONNX model of one Conv.

Options: --initializer is what the module expects, and always so here; --no-winograd, without that algorithm.
"""

import common
import cv2
import numpy as np

import onnx_models

WINOGRAD = not common.option("no-winograd")
cv2.setNumThreads(common.THREADS)


def convolve(p, x, w, b):
    common.fits(p, 32)
    tensors, shapes = onnx_models.shapes_of(p, x, w, b)
    constants = {n: t for n, t in tensors.items() if n != "input"}
    model = onnx_models.make(p, shapes, constants, opset=13).SerializeToString()
    net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
    net.enableWinograd(WINOGRAD)
    net.setInput(np.ascontiguousarray(x))
    return net.forward()


common.serve("OpenCV", cv2.__version__, convolve, missing=["(-213:"],
             description=f"dnn module on an ONNX model of one Conv, Winograd {'allowed' if WINOGRAD else 'off'}",
             url="https://opencv.org/", environment=f"threads={common.THREADS}",
             claims=["flushes-subnormals", *(["transform"] if WINOGRAD else [])],
             dtypes=["float32"], padding_modes=["zeros", "reflect", "replicate"], own=["layout", "same"])
