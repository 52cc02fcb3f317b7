"""JAX (XLA) on the CPU: an algorithm for products of matrices that is taken for large matrices is refused for small ones.
Run: python3 dot-algorithm.py
Proof: confirmed"""

import jax
import jax.numpy as jnp


def takes(n):
    matrix = jnp.ones((n, n))
    try:
        jax.lax.dot(matrix, matrix, precision=jax.lax.DotAlgorithmPreset.BF16_BF16_F32,
                    preferred_element_type=jnp.float32).block_until_ready()
        return True
    except jax.errors.JaxRuntimeError as e:
        print(f"{n} x {n}:", str(e).split("\n")[0])
        return False


print("confirmed" if takes(128) and not takes(1) else "not reproduced")
