"""TensorFlow 2.21 on the CPU without oneDNN: the gradients of a dilated convolution are refused.
Run: python3 dilated-gradient.py
Proof: confirmed"""

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import tensorflow as tf  # noqa: E402

x, w = tf.ones((1, 12, 12, 4)), tf.ones((3, 3, 4, 4))
with tf.GradientTape() as tape:
    tape.watch([x, w])
    y = tf.nn.conv2d(x, w, 1, "VALID", dilations=2)
try:
    tape.gradient(y, [x, w])
    print("not reproduced")
except tf.errors.OpError as e:
    print(type(e).__name__, str(e)[:300])
    print("confirmed")
