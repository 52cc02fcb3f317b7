"""torch.nn.functional.conv2d 2.15, bfloat16, computed by oneDNN with AMX: where the output has one column
and the stride along rows is not 1, most rows are wrong, and memory beyond the input is read. All numbers are small
integers. Without oneDNN all are right.
Run: python3 bfloat16-one-column.py
Proof: confirmed"""

import os

import torch

with open("/proc/cpuinfo") as f:
    here = "amx_bf16" in f.read() and not {"DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"} & set(os.environ)


def count_wrong(stride):
    torch.manual_seed(1)
    x = torch.randint(-3, 4, (1, 1, 12, 12)).bfloat16()
    w = torch.randint(-3, 4, (1, 1, 1, 9)).bfloat16()
    want = torch.nn.functional.conv2d(x.double(), w.double(), stride=(1, stride)).bfloat16()
    got = torch.nn.functional.conv2d(x, w, stride=(1, stride))
    print(f"stride {stride}: got  {got.flatten().tolist()}\n          want {want.flatten().tolist()}")
    return int((got != want).sum())


with_onednn = count_wrong(4)
with torch.backends.mkldnn.flags(enabled=False):
    without = count_wrong(4)
print("confirmed" if with_onednn > 0 and without == 0 else "not reproduced" if here else "not here")
