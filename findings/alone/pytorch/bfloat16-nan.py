"""bfloat16 in torch.nn.functional.conv2d 1.13, computed by oneDNN: a NaN reaches windows that do not hold
it. Without oneDNN it reaches its own windows only.
Run: python3 bfloat16-nan.py
Proof: confirmed"""

import os

import torch

with open("/proc/cpuinfo") as f:
    here = "avx512f" in f.read() and not {"DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"} & set(os.environ)


def strays():
    count = 0
    for at in range(25):
        x = torch.ones(25, dtype=torch.bfloat16)
        x[at] = float("nan")
        x = x.reshape(1, 1, 5, 5)
        got = torch.nn.functional.conv2d(x, torch.ones(1, 1, 2, 2, dtype=torch.bfloat16)).isnan()
        windows = torch.nn.functional.unfold(x.float(), 2).isnan().any(1).reshape(1, 1, 4, 4)
        count += int((got & ~windows).sum())
    return count


with_onednn = strays()
with torch.backends.mkldnn.flags(enabled=False):
    without = strays()
print(f"stray NaNs: {with_onednn} with oneDNN, {without} without")
print("confirmed" if with_onednn > 0 and without == 0 else "not reproduced" if here else "not here")
