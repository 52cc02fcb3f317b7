"""The gradient of a depthwise weight in bfloat16, channels last, dilated, from a width of 32 on, by
torch.nn.functional.conv2d 1.13 and 2.15: wrong or NaN with oneDNN, right without it.
Run: python3 bfloat16-depthwise-dilated.py
Proof: confirmed"""

import os

import torch

with open("/proc/cpuinfo") as f:
    here = "avx512f" in f.read() and not {"DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"} & set(os.environ)


def grad_weight(dtype, memory_format):
    x = torch.ones(1, 8, 40, 40, dtype=dtype).contiguous(memory_format=memory_format)
    weight = torch.ones(8, 1, 3, 3, dtype=dtype, requires_grad=True)
    y = torch.nn.functional.conv2d(x, weight, None, 1, 4, 4, 8)
    grad_output = torch.zeros_like(y)
    grad_output[:, :, 20, 20] = 1
    y.backward(grad_output)
    return weight.grad.double()


def wrong():
    got = grad_weight(torch.bfloat16, torch.channels_last)
    want = grad_weight(torch.float64, torch.contiguous_format)
    return int(((got - want).abs() > 0.02 * want).sum() + got.isnan().sum())


with_onednn = wrong()
with torch.backends.mkldnn.flags(enabled=False):
    without = wrong()
print(f"{with_onednn} of 72 elements are wrong with oneDNN, {without} without")
print("confirmed" if with_onednn > 0 and without == 0 else "not reproduced" if here else "not here")
