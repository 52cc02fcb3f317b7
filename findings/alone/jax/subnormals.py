"""JAX on a CPU: XLA takes subnormals as zero, and gives zero for them.
Run: python3 subnormals.py
Proof: confirmed"""

import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import numpy as np  # noqa: E402

x, weight = np.full((1, 1, 1, 1), 1e-39, np.float32), np.full((1, 1, 1, 1), 1024, np.float32)
y = float(jax.jit(lambda x, w: jax.lax.conv_general_dilated(x, w, (1, 1), "VALID"))(x, weight)[0, 0, 0, 0])
print(f"1e-39 * 1024 is {y}")
print("confirmed" if y == 0 else "not reproduced")
