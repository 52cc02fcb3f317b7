"""TensorFlow on the CPU, float16, and bfloat16 where oneDNN does not compute it: the gradient of the weight is summed in
the dtype itself, each partial sum rounded.
Run: python3 half-gradient.py
Proof: confirmed"""

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402


def gradient(dtype, first):
    """The sum over all pixels: the first, and 64 times 1."""
    x = np.ones((1, 1, 65, 1))
    x[0, 0, 0, 0] = first
    x, weight = tf.constant(x, dtype), tf.ones((1, 1, 1, 1), dtype)
    with tf.GradientTape() as tape:
        tape.watch(weight)
        y = tf.nn.conv2d(x, weight, 1, "VALID")
    return float(tape.gradient(y, weight).numpy()[0, 0, 0, 0])


wrong = False
for dtype, first in [(tf.float16, 2048), (tf.bfloat16, 256)]:
    got = gradient(dtype, first)
    print(f"{dtype.name}: {first} + 64 * 1 is {got:.0f}")
    wrong = wrong or got != first + 64
print("confirmed" if wrong else "not reproduced")
