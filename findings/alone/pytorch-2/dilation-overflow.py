"""torch.nn.functional.conv2d 2.15 takes a dilation of 2^63-1, under which a kernel of 3 spans more than
2^64 pixels of an image of 5x6: the span overflows.
Run: python3 dilation-overflow.py
Proof: confirmed"""

import torch

try:
    y = torch.nn.functional.conv2d(torch.ones(1, 1, 5, 6), torch.ones(1, 1, 3, 3), dilation=2**63 - 1)
    print("an output of", tuple(y.shape))
    print("confirmed")
except RuntimeError as e:
    print(e)
    print("not reproduced")
