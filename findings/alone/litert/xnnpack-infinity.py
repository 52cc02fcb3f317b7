"""LiteRT with XNNPACK: an infinite pixel gives NaN where the number of input channels is 1, as if it were multiplied by a padding of 0.
Run: python3 xnnpack-infinity.py
Proof: confirmed"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from ai_edge_litert import interpreter as litert  # noqa: E402


def result(channels):
    """Of an infinity in the first channel, ones in the others, and weights of one."""
    weight = tf.ones((1, 1, channels, 1))
    layer = tf.function(lambda x: tf.nn.conv2d(x, weight, 1, "VALID"), input_signature=[tf.TensorSpec((1, 1, 1, channels), tf.float32)])
    model = litert.Interpreter(model_content=tf.lite.TFLiteConverter.from_concrete_functions([layer.get_concrete_function()]).convert())
    model.allocate_tensors()
    model.set_tensor(model.get_input_details()[0]["index"], np.array([np.inf, *[1] * (channels - 1)], np.float32).reshape(1, 1, 1, -1))
    model.invoke()
    return float(model.get_tensor(model.get_output_details()[0]["index"]).item())


results = {channels: result(channels) for channels in range(1, 9)}
print("the sum of an infinity and ones, by the number of channels:", results)
print("confirmed" if np.isnan(results[1]) else "not reproduced")
