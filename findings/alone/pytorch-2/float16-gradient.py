"""torch 2.15, float16 on a processor without AVX512_FP16, where oneDNN computes no gradients of that type: they are sums that are
rounded to float16 tap by tap (of the input) and image by image (of the weight).
Run: python3 float16-gradient.py
Proof: confirmed"""

import sys

import torch

with open("/proc/cpuinfo") as f:
    if "avx512_fp16" in f.read():
        print("not here")
        sys.exit()

torch.manual_seed(1)
x = torch.rand(4, 32, 4, 5, dtype=torch.float16)
weight, gy = torch.rand(64, 32, 3, 3, dtype=torch.float16), torch.rand(4, 64, 4, 5, dtype=torch.float16)


def gradients(dtype):
    x_, w_ = x.to(dtype, copy=True).requires_grad_(), weight.to(dtype, copy=True).requires_grad_()
    torch.nn.functional.conv2d(x_, w_, padding=1).backward(gy.to(dtype))
    return x_.grad.double(), w_.grad.double()


errors = [float(((got - want).abs() / want).max()) * 2048 for got, want in zip(gradients(torch.float16), gradients(torch.float64))]
print("the largest errors of the gradients of input and weight: {:.1f} and {:.1f} roundings to float16".format(*errors))
print("one is what the last rounding takes")
print("confirmed" if min(errors) > 1.1 else "not reproduced")
