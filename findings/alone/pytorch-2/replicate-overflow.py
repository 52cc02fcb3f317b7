"""torch.nn.functional.pad 2.15, mode replicate: a padding of 2^63-1 on each side crashes. The sum of the
sizes overflows 64 bits, so that it must be refused.
Run: python3 replicate-overflow.py
Proof: SIGSEGV"""

import torch

most = 2**63 - 1
torch.nn.functional.pad(torch.ones(1, 3, 10, 10), (most, most, most, most), mode="replicate")
print("not reproduced")
