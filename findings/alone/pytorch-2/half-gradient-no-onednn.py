"""torch 2.15, bfloat16 with oneDNN switched off: the gradient of the input is a sum that is rounded to bfloat16 tap by tap.
Run: python3 half-gradient-no-onednn.py
Proof: confirmed"""

import torch

torch.manual_seed(1)
x = torch.rand(2, 32, 4, 5, dtype=torch.bfloat16, requires_grad=True)
weight, gy = torch.rand(64, 32, 3, 3, dtype=torch.bfloat16), torch.rand(2, 64, 4, 5, dtype=torch.bfloat16)


def gradient(dtype):
    x_ = x.detach().to(dtype).requires_grad_()
    torch.nn.functional.conv2d(x_, weight.to(dtype), padding=1).backward(gy.to(dtype))
    return x_.grad


want = gradient(torch.float64)
with torch.backends.mkldnn.flags(enabled=False):
    error = float(((gradient(torch.bfloat16).double() - want).abs() / want).max()) * 256
print(f"the largest error is {error:.1f} roundings to bfloat16; one is what the last rounding takes")
print("not reproduced" if error <= 1.1 else "confirmed")
