"""torch.nn.Conv2d 1.13 computes sizes in 64 bits that wrap around: a padding of 2^63-1 is accepted.
Run: python3 sizes-overflow.py
Proof: confirmed"""

import torch

x = torch.zeros(1, 1, 5, 6)
try:
    shape = tuple(torch.nn.Conv2d(1, 1, 3, padding=2**63 - 1)(x).shape)
    print("padding 2^63-1 of 5x6 gives", shape)
    print("confirmed" if shape == (1, 1, 1, 2) else "not reproduced")
except RuntimeError as e:
    print(e)
    print("not reproduced")
