"""JAX (XLA) on the CPU: a NaN in one tap of the kernel reaches gradients of pixels that this tap never meets.
Run: python3 grad-input-nan.py
Proof: confirmed"""

import jax
import jax.numpy as jnp
import numpy as np


def total(x, w):
    return jax.lax.conv_general_dilated(x, w, (1, 1), "VALID").sum()


w = np.ones((1, 1, 3, 2), np.float32)
w[0, 0, 0, 0] = np.nan  # the first tap meets no pixel of the last two rows or of the last column
got = np.isnan(np.asarray(jax.grad(total)(jnp.ones((1, 1, 6, 7), jnp.float32), jnp.asarray(w))))[0, 0]
beyond = int(got[-2:].sum() + got[:-2, -1].sum())
print("NaN in pixels that the tap does not meet:", beyond)
print("confirmed" if beyond else "not reproduced")
