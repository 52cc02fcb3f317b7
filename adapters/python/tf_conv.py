"""tf_conv.py: TensorFlow's tf.nn.conv2d on the CPU, eager. It takes images channels last; gradients by GradientTape, reflect by tf.pad.

Options: --no-onednn, TF_ENABLE_ONEDNN_OPTS=0; --function, compiled by tf.function with XLA.
"""

import common
import os


os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0" if common.option("no-onednn") else "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(common.THREADS)
tf.config.threading.set_inter_op_parallelism_threads(common.THREADS)
XLA = common.option("function")


def layer(p, x, w, b):
    """NCHW in and out."""
    x, w = tf.transpose(x, (0, 2, 3, 1)), tf.transpose(w, (2, 3, 1, 0))
    sides = p.padding.upper() if isinstance(p.padding, str) else [(0, 0), *common.margins(p), (0, 0)]
    if p.padding_mode == "reflect":
        x, sides = tf.pad(x, common.widths(p, x.shape, True), "REFLECT"), "VALID"
    y = tf.nn.conv2d(x, w, p.stride, sides, dilations=p.dilation)
    if b is not None:
        y = tf.nn.bias_add(y, b)
    return tf.transpose(y, (0, 3, 1, 2))


def convolve(p, x, w, b):
    common.fits(p, 32)
    run = tf.function(layer, jit_compile=True) if XLA else layer
    return run(p, *(None if t is None else tf.constant(t) for t in (x, w, b))).numpy()


def gradients(p, x, w, gy):
    common.fits(p, 32)
    x, w, b = tf.constant(x), tf.constant(w), tf.zeros(p.out_channels, p.dtype) if p.bias else None

    def pulled(x, w, b, gy):
        parameters = [x, w] if b is None else [x, w, b]
        with tf.GradientTape() as tape:
            tape.watch(parameters)
            y = layer(p, x, w, b)
        return tape.gradient(y, parameters, tf.constant(gy))

    run = tf.function(pulled, jit_compile=True) if XLA else pulled
    got = [g.numpy() for g in run(x, w, b, gy)]
    return [*got, None][:3]


common.serve("TensorFlow", tf.__version__, convolve, gradients,
             missing=["not implemented", "not supported by", "is not currently supported", "Could not find device for node", "Value for attr 'T' of"],
             description=f"tf.nn.conv2d NHWC, {'tf.function with XLA' if XLA else 'eager'}; transposed and padded by further operations of the library",
             url="https://www.tensorflow.org/", claims=["flushes-subnormals"],
             environment=f"threads={common.THREADS} onednn={os.environ['TF_ENABLE_ONEDNN_OPTS']}",
             dtypes=["float32", "float64", "float16", "bfloat16"], padding_modes=["zeros", "reflect"])
