"""Keras 3, float16: the sum of keras.layers.Conv2D is rounded before the bias is added, and again after it, whatever the backend.
Run: KERAS_BACKEND=jax python3 half-bias.py
Proof: confirmed"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ["JAX_PLATFORMS"] = "cpu"

import keras  # noqa: E402
import numpy as np  # noqa: E402

# 2048 + 1 is halfway between two numbers of float16, and becomes 2048; less 2047, that is 1. The sum is 2.
layer = keras.layers.Conv2D(1, 1, dtype="float16")
layer.build((1, 1, 1, 2))
layer.set_weights([np.ones((1, 1, 2, 1)), np.array([-2047])])
y = float(keras.ops.convert_to_numpy(layer(np.array([2048, 1], np.float16).reshape(1, 1, 1, 2))).item())
print(f"2048 + 1 - 2047 is {y}")
print("confirmed" if y == 1 else "not reproduced")
