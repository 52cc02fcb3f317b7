"""litert_conv.py: LiteRT (TensorFlow Lite), a model of one CONV_2D that TensorFlow's converter makes for each call.

Options: --no-xnnpack, the library's built-in kernels without the delegate.
"""

import common
import os


os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import ai_edge_litert  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from ai_edge_litert import interpreter as litert  # noqa: E402

BARE = common.option("no-xnnpack")
RESOLVER = litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if BARE else litert.OpResolverType.AUTO


def model_of(p, x, w, b):
    """The model's bytes; weight and bias are constants in it, as in every model of the kind."""
    sides = p.padding.upper() if isinstance(p.padding, str) else [(0, 0), *common.margins(p), (0, 0)]

    def layer(images):
        y = tf.nn.conv2d(images, tf.constant(np.transpose(w, (2, 3, 1, 0))), p.stride, sides, dilations=p.dilation)
        return y if b is None else tf.nn.bias_add(y, b)

    n, c, height, width = x.shape
    function = tf.function(layer, input_signature=[tf.TensorSpec((n, height, width, c), tf.float32)])
    return tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()]).convert()


def convolve(p, x, w, b):
    common.fits(p, 31)
    model = litert.Interpreter(model_content=model_of(p, x, w, b), num_threads=common.THREADS,
                               experimental_op_resolver_type=RESOLVER)
    model.allocate_tensors()
    model.set_tensor(model.get_input_details()[0]["index"], np.ascontiguousarray(np.transpose(x, (0, 2, 3, 1))))
    model.invoke()
    return np.transpose(model.get_tensor(model.get_output_details()[0]["index"]), (0, 3, 1, 2))


common.serve("LiteRT", ai_edge_litert.__version__, convolve, missing=["not implemented", "Only supports NHWC"],
             description=f"CONV_2D, {'built-in kernels' if BARE else 'XNNPACK delegate'}; converted by TensorFlow {tf.__version__}; the adapter transposes",
             url="https://ai.google.dev/edge/litert", environment=f"threads={common.THREADS}",
             dtypes=["float32"], padding_modes=["zeros"], own=["layout"])
