"""torch 1.13, bfloat16 on a processor without AVX-512, where oneDNN computes none of that type: each product and each
partial sum is rounded to bfloat16, so that errors grow with the number of channels.
Run: python3 bfloat16-sums.py
Proof: confirmed"""

import sys

import torch

with open("/proc/cpuinfo") as f:
    if "avx512f" in f.read():
        print("not here")
        sys.exit()

x, weight = torch.ones(1, 1024, 1, 1, dtype=torch.bfloat16), torch.ones(1, 1024, 1, 1, dtype=torch.bfloat16)
got = float(torch.nn.functional.conv2d(x, weight))
print(f"1024 ones add up to {got:.0f}")
print("confirmed" if got != 1024 else "not reproduced")
