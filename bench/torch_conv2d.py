"""Prints PyTorch's ns per multiply-add on one core, a number a layer; nothing without PyTorch.

Arguments: a dtype, float32 or float64, and a layer each, as IN,OUT,KERNEL,STRIDE,PADDING,GROUPS,SIZE[,IMAGES].
With float32-backward: what the gradients of input and weight take, per multiply-add of the output.
"""
import sys
import time

try:
    import torch
except ImportError:
    sys.exit(0)

torch.set_num_threads(1)
name, _, backward = sys.argv[1].partition("-")
dtype = getattr(torch, name)
for layer in sys.argv[2:]:
    channels, outputs, kernel, stride, padding, groups, size, *images = map(int, layer.split(","))
    x = torch.randn(*(images or [1]), channels, size, size, dtype=dtype)
    weight = torch.randn(outputs, channels // groups, kernel, kernel, dtype=dtype)
    best = float("inf")
    with torch.no_grad():
        y = torch.nn.functional.conv2d(x, weight, None, stride, padding, 1, groups)
        for _ in range(7):
            start = time.process_time()
            if backward:
                torch.ops.aten.convolution_backward(
                    y, x, weight, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], groups, [True, True, False]
                )
            else:
                torch.nn.functional.conv2d(x, weight, None, stride, padding, 1, groups)
            best = min(best, time.process_time() - start)
    print(best / (y.numel() * channels // groups * kernel * kernel) * 1e9)
