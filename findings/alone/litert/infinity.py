"""LiteRT's built-in kernels, without the XNNPACK delegate, clamp a result without activation to the finite numbers.
Run: python3 infinity.py
Proof: confirmed"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from ai_edge_litert import interpreter as litert  # noqa: E402

weight = tf.ones((1, 1, 1, 1))
layer = tf.function(lambda x: tf.nn.conv2d(x, weight, 1, "VALID"), input_signature=[tf.TensorSpec((1, 1, 1, 1), tf.float32)])
bytes_of_model = tf.lite.TFLiteConverter.from_concrete_functions([layer.get_concrete_function()]).convert()
results = []
for resolver in (litert.OpResolverType.AUTO, litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
    model = litert.Interpreter(model_content=bytes_of_model, experimental_op_resolver_type=resolver)
    model.allocate_tensors()
    model.set_tensor(model.get_input_details()[0]["index"], np.full((1, 1, 1, 1), np.inf, np.float32))
    model.invoke()
    results.append(float(model.get_tensor(model.get_output_details()[0]["index"]).item()))
print("infinity * 1 is {} with XNNPACK, and {} without".format(*results))
print("confirmed" if results[1] == float(np.finfo(np.float32).max) else "not reproduced")
