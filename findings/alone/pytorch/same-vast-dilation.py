"""torch.nn.Conv2d 1.13 with 'same' and a dilation of 2^31 ends the process (#143480).
Run: python3 same-vast-dilation.py
Proof: SIGSEGV"""

import torch

torch.set_num_threads(1)
torch.nn.Conv2d(10, 2, (1, 9), padding="same", dilation=(1, 2**31))(torch.zeros(10, 10, 1, 9))
