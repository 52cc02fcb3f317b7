"""LiteRT takes no empty batch: TensorFlow's converter makes a model of it, whose tensors it then refuses.
Run: python3 empty-batch.py
Proof: confirmed"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from ai_edge_litert import interpreter as litert  # noqa: E402

weight = tf.ones((3, 3, 4, 6))
layer = tf.function(lambda x: tf.nn.conv2d(x, weight, 1, "VALID"), input_signature=[tf.TensorSpec((0, 6, 7, 4), tf.float32)])
model = litert.Interpreter(model_content=tf.lite.TFLiteConverter.from_concrete_functions([layer.get_concrete_function()]).convert())
try:
    model.allocate_tensors()
    model.set_tensor(model.get_input_details()[0]["index"], np.zeros((0, 6, 7, 4), np.float32))
    model.invoke()
    print(model.get_tensor(model.get_output_details()[0]["index"]).shape)
    print("not reproduced")
except (ValueError, RuntimeError) as e:
    print(e)
    print("confirmed")
