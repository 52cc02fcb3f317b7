"""TensorFlow 2.21 on the CPU with oneDNN: the convolution of an empty batch has the shape of its input, not of its output.
Run: python3 empty-batch.py
Proof: confirmed"""

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf  # noqa: E402

y = tf.nn.conv2d(tf.zeros((0, 6, 7, 4)), tf.ones((3, 3, 4, 9)), 1, "VALID")
print("shape:", y.shape, "instead of (0, 4, 5, 9)")
print("not reproduced" if y.shape == (0, 4, 5, 9) else "confirmed")
