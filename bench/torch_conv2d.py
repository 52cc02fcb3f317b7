"""Prints PyTorch's ns per multiply-add on one core, a number a layer; nothing without PyTorch.

Arguments: a dtype, float32 or float64, and a layer each, as IN,OUT,KERNEL,STRIDE,PADDING,GROUPS,SIZE.
"""
import sys
import time

try:
    import torch
except ImportError:
    sys.exit(0)

torch.set_num_threads(1)
dtype = getattr(torch, sys.argv[1])
for layer in sys.argv[2:]:
    channels, outputs, kernel, stride, padding, groups, size = map(int, layer.split(","))
    x = torch.randn(1, channels, size, size, dtype=dtype)
    weight = torch.randn(outputs, channels // groups, kernel, kernel, dtype=dtype)
    best = float("inf")
    with torch.no_grad():
        for _ in range(7):
            start = time.process_time()
            y = torch.nn.functional.conv2d(x, weight, None, stride, padding, 1, groups)
            best = min(best, time.process_time() - start)
    print(best / (y.numel() * channels // groups * kernel * kernel) * 1e9)
