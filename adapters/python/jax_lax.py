"""jax_lax.py: JAX's lax.conv_general_dilated, compiled by XLA. Gradients by jax.vjp, padding modes by jax.numpy.pad.

Options: --nhwc, the images channels last; --cuda, on the first CUDA device instead of the CPU, where --highest asks for
products in float32, which are of TF32 otherwise; --default, --high and --highest, XLA's precision; --dot-bf16, --dot-bf16x3 and
--dot-f16, lax.dot_general of all windows with the algorithm BF16_BF16_F32, BF16_BF16_F32_X3 or F16_F16_F16, since convolutions
take no algorithm. These are of float32 only. Both are what XLA may compute in; on a CPU it keeps float32, but for F16_F16_F16.
"""

import os

import common

CUDA = common.option("cuda")
PRECISION = next((word for word in ("default", "high", "highest") if common.option(word)), None)
# By option: XLA's name of the algorithm, and the numeric contract that it promises.
ALGORITHMS = {"dot-bf16": ("BF16_BF16_F32", "bf16"), "dot-bf16x3": ("BF16_BF16_F32_X3", "bf16x3"),
              "dot-f16": ("F16_F16_F16", "float32: operands=11,accumulator=float16")}
ALGORITHM, PROMISED = next((ALGORITHMS[o] for o in ALGORITHMS if common.option(o)), (None, ""))
os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"  # there is a process in each lane
os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if common.THREADS > 1 else 'false'} intra_op_parallelism_threads={common.THREADS}"
if CUDA:
    os.environ["XLA_FLAGS"] += " --xla_gpu_autotune_level=0"  # every shape is compiled anew, and called twice
os.environ["JAX_PLATFORMS"] = "cuda" if CUDA else "cpu"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

jax.config.update("jax_enable_x64", True)
NHWC = common.option("nhwc")
NUMBERS = ("NHWC", "HWIO", "NHWC") if NHWC else ("NCHW", "OIHW", "NCHW")


def dot(p, x, w, sides):
    """All windows of a padded input times the weight, as one product of matrices for each group."""
    x = jnp.pad(x, [(0, 0), (0, 0), *sides])
    spans = [d * (k - 1) + 1 for d, k in zip(p.dilation, p.kernel_size)]
    rows, columns = [(n - span) // s + 1 for n, span, s in zip(x.shape[2:], spans, p.stride)]
    taps = [x[:, :, r * p.dilation[0]:, s * p.dilation[1]:][:, :, :(rows - 1) * p.stride[0] + 1:p.stride[0], :(columns - 1) * p.stride[1] + 1:p.stride[1]]
            for r in range(p.kernel_size[0]) for s in range(p.kernel_size[1])]
    windows = jnp.stack(taps, 2).reshape(x.shape[0], p.groups, -1, rows * columns)
    products = jax.lax.dot_general(w.reshape(p.groups, p.out_channels // p.groups, -1), windows, (((2,), (2,)), ((0,), (1,))),
                                   precision=jax.lax.DotAlgorithmPreset[ALGORITHM], preferred_element_type=jnp.float32)
    return products.transpose(2, 0, 1, 3).reshape(x.shape[0], p.out_channels, rows, columns)


def layer(p, forward=True):
    """The layer as a function of JAX's arrays."""
    def function(x, w, b):
        if NHWC:
            x, w = jnp.transpose(x, (0, 2, 3, 1)), jnp.transpose(w, (2, 3, 1, 0))
        sides = p.padding.upper() if isinstance(p.padding, str) else [(n, n) for n in p.padding]
        if p.padding_mode != "zeros":
            x = jnp.pad(x, common.widths(p, x.shape, NHWC), common.NUMPY_MODES[p.padding_mode])
            sides = "VALID"
        elif p.padding == "same":  # JAX's SAME rounds the output's size up; torch's pads for stride 1
            sides = "SAME" if p.stride == [1, 1] else common.margins(p)
        # The sum takes the bias in float32 and is rounded once, where no gradient asks for the operands' type.
        wide = jnp.float32 if b is not None and forward and x.dtype in (jnp.float16, jnp.bfloat16) else None
        if ALGORITHM:
            y = dot(p, x, w, [(0, 0), (0, 0)] if sides == "VALID" else common.margins(p))
        else:
            y = jax.lax.conv_general_dilated(x, w, p.stride, sides, rhs_dilation=p.dilation, dimension_numbers=NUMBERS,
                                             feature_group_count=p.groups, preferred_element_type=wide, precision=PRECISION)
        if b is not None:
            y = (y + (b if NHWC else b[:, None, None])).astype(x.dtype)
        return jnp.transpose(y, (0, 3, 1, 2)) if NHWC else y
    return function


def convolve(p, x, w, b):
    return jax.jit(layer(p))(x, w, b)


def shape(p, input):
    weight = [p.out_channels, p.in_channels // p.groups, *p.kernel_size]
    of = lambda s: jax.ShapeDtypeStruct(tuple(s), p.dtype)  # noqa: E731
    return jax.eval_shape(layer(p), of(input), of(weight), of([p.out_channels]) if p.bias else None).shape


def gradients(p, x, w, gy):
    def pulled(x, w, gy):
        y, pull = jax.vjp(lambda x, w: layer(p, False)(x, w, None), x, w)
        of_bias = jnp.sum(gy, (0, 2, 3), dtype=jnp.promote_types(gy.dtype, jnp.float32)).astype(gy.dtype)  # the adapter's own
        # jax.vjp conjugates nothing; the gradient is that of a real function, as torch's
        return *map(jnp.conj, pull(jnp.conj(gy))), of_bias if p.bias else None

    return jax.jit(pulled)(x, w, gy)


ALL = ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "complex64", "complex128"]
if CUDA:
    PROMISED = "tensor-core" if PRECISION == "highest" else "tf32-tensor-core; tensor-core"
elif PRECISION:
    PROMISED = {"default": "bf16", "high": "bf16x3", "highest": ""}[PRECISION]
WHAT = f"lax.dot_general of windows, algorithm {ALGORITHM}" if ALGORITHM else f"lax.conv_general_dilated, {NUMBERS[0]}"

common.serve("JAX", jax.__version__, convolve, gradients, shape,
             description=f"{WHAT}, jitted; gradients by vjp, padding modes by numpy.pad"
             + (", on a CUDA device" if CUDA else "") + (f", precision {PRECISION.upper()}" if PRECISION else ""),
             url="https://docs.jax.dev/", claims=[] if CUDA else ["flushes-subnormals"],
             jobs=1 if CUDA else 0, environment=jax.devices()[0].device_kind if CUDA else f"threads={common.THREADS}",
             numerics=PROMISED, dtypes=["float32"] if ALGORITHM else ALL, padding_modes=common.ALL_MODES,
             own=["bias", "padding", "stride", "dilation", "groups", "same"] if ALGORITHM else ["bias"])
