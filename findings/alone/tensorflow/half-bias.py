"""TensorFlow, float16: a convolution and its bias are two operations, and the sum is rounded by both.
Run: python3 half-bias.py
Proof: confirmed"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

# 2048 + 1 is halfway between two numbers of float16, and becomes 2048; less 2047, that is 1. The sum is 2.
x, weight, bias = np.array([2048, 1]), np.array([1, 1]), np.array([-2047])
y = tf.nn.conv2d(x.reshape(1, 1, 1, 2).astype(np.float16), weight.reshape(1, 1, 2, 1).astype(np.float16), 1, "VALID")
y = float(tf.nn.bias_add(y, bias.astype(np.float16)).numpy()[0, 0, 0, 0])
print(f"2048 + 1 - 2047 is {y}")
print("confirmed" if y == 1 else "not reproduced")
