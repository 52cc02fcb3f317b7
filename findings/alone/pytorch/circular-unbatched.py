"""torch.nn.Conv2d 1.13 with circular padding takes no unbatched input; later versions do (#104860).
Run: python3 circular-unbatched.py
Proof: confirmed"""

import torch

module = torch.nn.Conv2d(1, 1, 1, padding=2, padding_mode="circular")
print("batch of one:", tuple(module(torch.zeros(1, 1, 5, 5)).shape))
try:
    print("without a batch:", tuple(module(torch.zeros(1, 5, 5)).shape))
    print("not reproduced")
except RuntimeError as e:
    print("without a batch:", e)
    print("confirmed")
