"""The gradient of the input in torch 2.15, float32, computed by oneDNN: a NaN or an infinity in one tap of a
kernel of 5x5 with stride 2 reaches pixels at the border that this tap never meets, where it is multiplied
by zero. Without oneDNN it does not.
Run: python3 grad-input-nan.py
Proof: confirmed"""

import torch


def count_nan(tap):
    weight = torch.ones(64, 3, 5, 5)
    weight[(0, 0, *tap)] = torch.inf
    x = torch.ones(2, 3, 24, 23, requires_grad=True)
    torch.nn.functional.conv2d(x, weight, stride=2).sum().backward()
    return int(x.grad.isnan().sum())  # ones times infinity and ones: no NaN


taps = [(r, s) for r in range(5) for s in range(5)]
with_onednn = sum(map(count_nan, taps))
with torch.backends.mkldnn.flags(enabled=False):
    without = sum(map(count_nan, taps))
print(f"NaNs: {with_onednn} with oneDNN, {without} without")
print("confirmed" if with_onednn > 0 and without == 0 else "not reproduced")
