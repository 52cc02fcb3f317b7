"""torch 2.15 with oneDNN switched off: from 16 images on, a convolution goes through NNPACK's transforms, and is no sum of products
any more: with integers that float32 holds, the answer is none.
Run: python3 nnpack.py
Proof: confirmed"""

import torch

torch.manual_seed(1)
x = torch.randint(-5, 6, (16, 3, 5, 6)).float()
weight = torch.randint(-5, 6, (4, 3, 3, 2)).float()
want = torch.nn.functional.conv2d(x.double(), weight.double())


def wrong(images):
    got = torch.nn.functional.conv2d(x[:images], weight)
    return int((got.double() != want[:images]).sum())


with torch.backends.mkldnn.flags(enabled=False):
    print(f"of 15 images {wrong(15)} elements are wrong, of 16 {wrong(16)}")
    print("confirmed" if wrong(15) == 0 < wrong(16) else "not reproduced")
