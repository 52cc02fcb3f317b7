"""TensorFlow on a CPU takes subnormals as zero, and gives zero for them.
Run: python3 subnormals.py
Proof: confirmed"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

x, weight = np.full((1, 1, 1, 1), 1e-39, np.float32), np.full((1, 1, 1, 1), 1024, np.float32)
y = float(tf.nn.conv2d(x, weight, 1, "VALID").numpy()[0, 0, 0, 0])
print(f"1e-39 * 1024 is {y}")
print("confirmed" if y == 0 else "not reproduced")
