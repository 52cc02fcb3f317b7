"""torch, one image without a batch, channels last, several groups of several channels, a dtype that oneDNN does not
compute (float64): the gradient of the weight is wrong.
Run: python3 grad-weight-unbatched-groups.py
Proof: confirmed"""

import torch

torch.manual_seed(0)
x, weight = torch.rand(1, 8, 6, 6, dtype=torch.float64), torch.rand(8, 4, 3, 3, dtype=torch.float64)


def gradient(image, memory_format):
    w = weight.clone(memory_format=memory_format).requires_grad_()
    torch.nn.functional.conv2d(image, w, groups=2).sum().backward()
    return w.grad


want = gradient(x, torch.contiguous_format)
last = x.contiguous(memory_format=torch.channels_last)
batched = float((gradient(last, torch.channels_last) - want).abs().max())
alone = float((gradient(last[0], torch.channels_last) - want).abs().max())
print(f"the largest error: {batched:.2g} of a batch of one, {alone:.2g} of its image; numbers up to {float(want.max()):.2g}")
print("confirmed" if alone > 1e-6 else "not reproduced")
