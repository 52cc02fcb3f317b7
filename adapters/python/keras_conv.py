"""keras_conv.py: Keras 3, keras.layers.Conv2D. It knows no padding but 'same' and 'valid'.

Options: --jax, --torch, --tensorflow: the backend (default jax).
"""

import common
import os


BACKEND = next((b for b in ("torch", "tensorflow", "jax") if common.option(b)), "jax")
os.environ.update(KERAS_BACKEND=BACKEND, TF_CPP_MIN_LOG_LEVEL="3", JAX_PLATFORMS="cpu", JAX_ENABLE_X64="1")

import keras  # noqa: E402
import numpy as np  # noqa: E402


def layer_of(p, input):
    if p.padding not in ("same", "valid", [0, 0]):
        raise common.Unsupported("padding in numbers")
    layer = keras.layers.Conv2D(p.out_channels, tuple(p.kernel_size), tuple(p.stride), "same" if p.padding == "same" else "valid",
                                "channels_last", tuple(p.dilation), p.groups, use_bias=p.bias, dtype=p.dtype)
    layer.build((input[0], *input[2:], input[1]))
    return layer


def convolve(p, x, w, b):
    common.fits(p, 32)
    layer = layer_of(p, x.shape)
    layer.set_weights([np.transpose(w, (2, 3, 1, 0)), *([] if b is None else [b])])
    y = layer(keras.ops.convert_to_tensor(np.ascontiguousarray(np.transpose(x, (0, 2, 3, 1)))))
    return np.transpose(keras.ops.convert_to_numpy(y), (0, 3, 1, 2))


def shape(p, input):
    common.fits(p, 32)
    n, h, w, c = layer_of(p, input).compute_output_shape((input[0], *input[2:], input[1]))
    return [n, c, h, w]


common.serve("Keras", keras.__version__, convolve, shape=shape, missing=["not implemented"],
             description=f"keras.layers.Conv2D, backend {BACKEND}, channels last; the adapter transposes",
             url="https://keras.io/", claims=[] if BACKEND == "torch" else ["flushes-subnormals"],
             environment=f"threads={common.THREADS} backend={BACKEND}",
             dtypes=["float32", "float64", "float16"], padding_modes=["zeros"], own=["layout"])
