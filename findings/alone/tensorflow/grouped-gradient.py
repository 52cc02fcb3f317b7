"""TensorFlow 2.21 on the CPU without oneDNN: the gradients of a convolution with groups are refused.
Run: python3 grouped-gradient.py
Proof: confirmed"""

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import tensorflow as tf  # noqa: E402

x, w = tf.ones((2, 5, 6, 4)), tf.ones((3, 2, 2, 6))
with tf.GradientTape() as tape:
    tape.watch([x, w])
    y = tf.nn.conv2d(x, w, 1, "VALID")
try:
    tape.gradient(y, [x, w])
    print("not reproduced")
except tf.errors.OpError as e:
    print(type(e).__name__, str(e)[:300])
    print("confirmed")
