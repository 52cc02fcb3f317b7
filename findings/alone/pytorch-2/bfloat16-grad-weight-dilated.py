"""The gradient of a weight in torch 2.15, bfloat16 and channels_last, computed by oneDNN: wrong for a
depthwise 1x1 kernel with dilation 2. The dilation of a 1x1 kernel means nothing. All numbers are small
integers. Without oneDNN all three are right.
Run: python3 bfloat16-grad-weight-dilated.py
Proof: confirmed"""

import os

import torch

with open("/proc/cpuinfo") as f:
    here = "avx512f" in f.read() and not {"DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"} & set(os.environ)

torch.manual_seed(1)
x = torch.randint(-3, 4, (2, 3, 20, 47)).double()
grad_output = torch.randint(-3, 4, (2, 3, 20, 47)).double()


def gradient(dtype):
    w = torch.ones(3, 1, 1, 1, dtype=dtype, requires_grad=True)
    image = x.to(dtype).to(memory_format=torch.channels_last)
    torch.nn.functional.conv2d(image, w, dilation=2, groups=3).backward(grad_output.to(dtype))
    return w.grad.flatten().tolist()


want, got = gradient(torch.float64), gradient(torch.bfloat16)
with torch.backends.mkldnn.flags(enabled=False):
    without = gradient(torch.bfloat16)
print("got", got, "without oneDNN", without, "want", want)
print("confirmed" if got != want and without == want else "not reproduced" if here else "not here")
