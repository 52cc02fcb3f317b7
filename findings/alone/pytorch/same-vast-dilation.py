"""torch.nn.Conv2d 1.13 with 'same' and a dilation of 2^31 ends the process (#143480).
Run: python3 same-vast-dilation.py
Proof: SIGSEGV"""

import os

import torch

with open("/proc/cpuinfo") as f:
    here = "avx512f" in f.read() and not {"DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"} & set(os.environ)

torch.set_num_threads(1)
torch.nn.Conv2d(10, 2, (1, 9), padding="same", dilation=(1, 2**31))(torch.zeros(10, 10, 1, 9))
print("not reproduced" if here else "not here")
