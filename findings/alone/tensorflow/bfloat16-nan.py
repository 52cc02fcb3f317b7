"""TensorFlow 2.21 on the CPU with oneDNN, bfloat16: a NaN in one pixel reaches its neighbour through a kernel of 1x1.
Run: python3 bfloat16-nan.py
Proof: confirmed"""

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf  # noqa: E402

x = tf.constant([[[[1.0], [float("nan")], [1.0], [1.0]]]], tf.bfloat16)
y = tf.cast(tf.nn.conv2d(x, tf.ones((1, 1, 1, 1), tf.bfloat16), 1, "VALID"), tf.float32).numpy().ravel()
print("1, NaN, 1, 1 gives", y)
spread = int((y != y).sum()) > 1
print("confirmed" if spread else "not reproduced" if "avx512_bf16" in open("/proc/cpuinfo").read() else "not here")
