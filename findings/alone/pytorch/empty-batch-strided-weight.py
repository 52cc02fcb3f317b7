"""torch.nn.functional.conv2d 1.13 rejects an empty batch where the weight is not contiguous (#63299).
Run: python3 empty-batch-strided-weight.py
Proof: confirmed"""

import torch
from torch.nn.functional import conv2d

weight = torch.zeros(6, 4, 3, 3)
empty = torch.zeros(0, 4, 6, 7)
print("contiguous weight:", tuple(conv2d(empty, weight).shape))
try:
    print("channels-last weight:", tuple(conv2d(empty, weight.to(memory_format=torch.channels_last)).shape))
    print("not reproduced")
except RuntimeError as e:
    print("channels-last weight:", e)
    print("confirmed")
