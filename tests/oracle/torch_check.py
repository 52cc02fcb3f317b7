"""The oracle against PyTorch: shapes, outputs, gradients, and which calls are rejected.

Usage: torch_check.py build/libconv2d-oracle.so [CONFIGURATIONS [SEED [complex]]]

Configurations are drawn over all parameters, about half of them invalid. On integers the answers must be
equal bit for bit, on normal float64 data within the bound of any order of summation.
With "complex", all are of complex64 or complex128, and the bound is that of three multiplications.
"""
import ctypes
import random
import sys
import warnings

try:
    import numpy
    import torch
except ImportError:
    sys.exit("PyTorch is not installed for this Python (Debian: python3-torch)")

warnings.simplefilter("ignore")
torch.set_num_threads(1)

MODES = ["zeros", "reflect", "replicate", "circular"]
DTYPES = {"float32": (2, 32, numpy.float32), "float64": (2, 64, numpy.float64), "int8": (0, 8, numpy.int8),
          "uint8": (1, 8, numpy.uint8), "int16": (0, 16, numpy.int16), "int32": (0, 32, numpy.int32),
          "int64": (0, 64, numpy.int64), "complex64": (5, 64, numpy.complex64),
          "complex128": (5, 128, numpy.complex128)}
INTEGERS = [name for name in DTYPES if "int" in name]


class Device(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("id", ctypes.c_int)]


class DataType(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16)]


class Tensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device", Device), ("ndim", ctypes.c_int32), ("dtype", DataType),
                ("shape", ctypes.POINTER(ctypes.c_int64)), ("strides", ctypes.POINTER(ctypes.c_int64)),
                ("byte_offset", ctypes.c_uint64)]


Pair = ctypes.c_int64 * 2


class Params(ctypes.Structure):
    _fields_ = [("in_channels", ctypes.c_int64), ("out_channels", ctypes.c_int64), ("kernel_size", Pair),
                ("stride", Pair), ("padding", Pair), ("dilation", Pair), ("groups", ctypes.c_int64),
                ("bias", ctypes.c_int32), ("padding_mode", ctypes.c_int32), ("device", Device), ("dtype", DataType),
                ("padding_kind", ctypes.c_int32)]


class Detail(ctypes.Structure):
    _fields_ = [("exact", ctypes.c_void_p), ("scale", ctypes.c_void_p), ("terms", ctypes.c_void_p),
                ("flags", ctypes.c_void_p)]


def tensor_of(array):
    """A DLTensor on an array's memory, whatever its strides."""
    code, bits, _ = DTYPES[array.dtype.name]
    t = Tensor(array.ctypes.data, Device(1, 0), array.ndim, DataType(code, bits, 1))
    t.shape = (ctypes.c_int64 * array.ndim)(*array.shape)
    t.strides = (ctypes.c_int64 * array.ndim)(*[s // array.itemsize for s in array.strides])
    return t


def details(arrays):
    """A conv2d_detail for each array, and the arrays behind it."""
    parts = [a.size * (2 if a.dtype.kind == "c" else 1) for a in arrays]
    kept = [(numpy.zeros(n), numpy.zeros(n, numpy.int64)) for n in parts]
    return (Detail * len(arrays))(*[Detail(None, s.ctypes.data, t.ctypes.data, None) for s, t in kept]), kept


class Oracle:
    def __init__(self, path):
        self.library = ctypes.CDLL(path)

    def check(self, params, x, weight, bias):
        """(shape, clause); the shape is None if the call is invalid."""
        ndim, shape, clause = ctypes.c_int32(), (ctypes.c_int64 * 4)(), ctypes.c_char_p()
        tensors = [tensor_of(x), tensor_of(weight), None if bias is None else tensor_of(bias)]
        status = self.library.conv2d_oracle_check(
            ctypes.byref(params), *[t and ctypes.byref(t) for t in tensors], None, ctypes.byref(ndim), shape,
            ctypes.byref(clause))
        clause = clause.value and clause.value.decode()
        return (None if status else tuple(shape[:ndim.value])), clause

    def forward(self, params, x, weight, bias, y):
        detail, kept = details([y])
        tensors = [tensor_of(x), tensor_of(weight), None if bias is None else tensor_of(bias), tensor_of(y)]
        assert self.library.conv2d_oracle_forward(
            ctypes.byref(params), *[t and ctypes.byref(t) for t in tensors], detail, None) == 0
        return kept

    def backward(self, params, x, weight, grad_output, gradients):
        detail, kept = details(gradients)
        tensors = [tensor_of(a) for a in [x, weight, grad_output, *gradients]]
        assert self.library.conv2d_oracle_backward(
            ctypes.byref(params), *[ctypes.byref(t) for t in tensors], detail, None) == 0
        return kept


# ---- configurations

def pair(choose, *values):
    one = choose(values)
    return (one, choose(values)) if choose([True, False]) else (one, one)


def draw_configuration(rng):
    """The arguments of nn.Conv2d and the input's shape; every second one has something odd about it."""
    choose = rng.choice
    odd = rng.random() < 0.5
    groups = choose([1, 1, 2, 3])
    per_in, per_out = choose([1, 2, 3]), choose([1, 2])
    c = {"in_channels": groups * per_in, "out_channels": groups * per_out, "kernel_size": pair(choose, 1, 2, 3, 4),
         "stride": pair(choose, 1, 1, 2, 3), "padding": pair(choose, 0, 1, 2, 3), "dilation": pair(choose, 1, 1, 2, 3),
         "groups": groups, "bias": choose([True, False]), "padding_mode": choose(MODES)}
    if rng.random() < 0.3:
        c["padding"] = choose(["same", "valid"])
        c["stride"] = (1, 1) if c["padding"] == "same" else c["stride"]
    shape = [choose([1, 2, 3]), c["in_channels"], choose([1, 2, 3, 5, 7, 8]), choose([1, 2, 4, 6, 9])]
    if odd:
        spoil(c, shape, rng)
    if rng.random() < 0.25:
        shape = shape[1:]
    return c, shape


def spoil(c, shape, rng):
    """One or two values at or beyond the limits, which may or may not make the call invalid."""
    choose = rng.choice
    changes = [
        lambda: c.update(groups=choose([0, -1, 2, 4, 5])),
        lambda: c.update(stride=pair(choose, 0, 1, -1, 5, 100)),
        lambda: c.update(dilation=pair(choose, 0, 1, -1, 4)),
        lambda: c.update(padding=pair(choose, -1, 0, 1, shape[2], shape[3], shape[2] - 1, 9)),
        lambda: c.update(padding="same", kernel_size=pair(choose, 1, 8, 15, 16, 18)),
        lambda: c.update(padding="same", stride=pair(choose, 1, 2, 0)),
        lambda: c.update(kernel_size=pair(choose, 0, 1, 5, 9, -1)),
        lambda: c.update(out_channels=choose([0, 1, 5, -1])),
        lambda: (c.update(in_channels=0), shape.__setitem__(1, 0)),
        lambda: shape.__setitem__(1, choose([0, 1, 5])),
        lambda: shape.__setitem__(0, 0),
        lambda: shape.__setitem__(choose([2, 3]), 0),
        lambda: shape.insert(0, 1),
        lambda: c.update(padding_mode="constant"),
        lambda: c.update(padding="full"),
    ]
    for change in rng.sample(changes, choose([1, 1, 2])):
        change()


def params_of(c, dtype):
    code, bits, _ = DTYPES[dtype]
    explicit = not isinstance(c["padding"], str)
    kind = 0 if explicit else {"valid": 1, "same": 2}.get(c["padding"], 7)
    mode = MODES.index(c["padding_mode"]) if c["padding_mode"] in MODES else 7
    return Params(c["in_channels"], c["out_channels"], Pair(*c["kernel_size"]), Pair(*c["stride"]),
                  Pair(*(c["padding"] if explicit else (0, 0))), Pair(*c["dilation"]), c["groups"], c["bias"], mode,
                  Device(1, 0), DataType(code, bits, 1), kind)


def draw_array(generator, shape, dtype, integers):
    """Values with strides of any order."""
    order = generator.permutation(len(shape))
    extent = [shape[i] for i in order]

    def draw():
        return generator.integers(-99, 100, extent) if integers else generator.standard_normal(extent)

    memory = draw() + 1j * draw() if "complex" in dtype else draw()
    return memory.astype(DTYPES[dtype][2]).transpose(numpy.argsort(order))


# ---- one comparison

def is_free(c, shape, clause):
    """Where torch is not of one mind: with itself, or 1.13 with later versions."""
    unbatched = len(shape) == 3
    undilated = 0 in shape and min(c["dilation"]) < 1  # valid in 1.13 where 'same' crops all, later rejected
    return (clause == "VALID-14" or undilated or (unbatched and c["padding_mode"] == "circular")
            or (unbatched and shape[0] == 0 and c["padding_mode"] == "reflect"))


def run_torch(c, dtype, x, weight, bias):
    """The layer's output and the leaves it hangs on, or the exception that it raised."""
    try:
        layer = torch.nn.Conv2d(**c, dtype=getattr(torch, dtype))
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight))
            if bias is not None:
                layer.bias.copy_(torch.from_numpy(bias))
        leaf = torch.from_numpy(x).requires_grad_()
        return layer(leaf), [leaf, layer.weight] + ([] if bias is None else [layer.bias])
    except (RuntimeError, ValueError, TypeError, NotImplementedError, IndexError) as error:
        return error, None


def agree(got, want, kept, integers):
    if integers:
        return numpy.array_equal(got, want)
    scale, terms = kept
    if want.dtype.kind == "c":  # torch multiplies the sums of both parts, and subtracts what is too much
        scale, terms = scale.reshape(-1, 2).sum(1), terms.reshape(-1, 2).max(1) + 3
    bound = ((terms + 3) * 2.0 ** -52 * scale).reshape(want.shape)
    return bool(numpy.all(numpy.abs(got - want) <= bound))


class Differs(Exception):
    pass


def compare(oracle, c, shape, dtype, integers, generator):
    """'rejected', 'equal', or 'free', which is not compared; raises Differs."""
    params = params_of(c, dtype)
    kernel = [max(k, 0) for k in c["kernel_size"]]
    per_group = c["in_channels"] // c["groups"] if c["groups"] > 0 else 1
    x = draw_array(generator, shape, dtype, integers)
    weight = draw_array(generator, [max(c["out_channels"], 0), max(per_group, 0), *kernel], dtype, integers)
    bias = draw_array(generator, [max(c["out_channels"], 0)], dtype, integers) if c["bias"] else None
    shaped, clause = oracle.check(params, x, weight, bias)
    out, leaves = run_torch(c, dtype, x, weight, bias)
    rejected = leaves is None
    if is_free(c, shape, clause):
        return "free"
    if rejected != (shaped is None):
        raise Differs(f"torch: {out if rejected else 'valid'}; oracle: {clause or 'valid'}")
    if rejected:
        return "rejected"
    if tuple(out.shape) != shaped:
        raise Differs(f"torch's shape is {tuple(out.shape)}, the oracle's {shaped}")
    y = numpy.zeros(shaped, DTYPES[dtype][2])
    if not agree(out.detach().numpy(), y, oracle.forward(params, x, weight, bias, y)[0], integers):
        raise Differs("output")
    grad_output = draw_array(generator, list(shaped), dtype, integers)
    out.backward(torch.from_numpy(grad_output))
    gradients = [numpy.zeros(leaf.shape, DTYPES[dtype][2]) for leaf in leaves]
    if bias is None:
        gradients.append(numpy.zeros([c["out_channels"]], DTYPES[dtype][2]))
    kept = oracle.backward(params, x, weight, grad_output, gradients)
    for name, leaf, got, know in zip(["grad_input", "grad_weight", "grad_bias"], leaves, gradients, kept):
        want = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        if not agree(want.numpy(), got, know, integers):
            raise Differs(name)
    return "equal"


def compare_integers(oracle, c, shape, dtype, generator):
    """Of an integer type: the function alone, without a layer; torch offers neither dilation nor modes."""
    params = params_of(c, dtype)
    x = draw_array(generator, shape, dtype, True)
    weight = draw_array(generator, [c["out_channels"], c["in_channels"] // max(c["groups"], 1), *c["kernel_size"]],
                        dtype, True) if min(c["out_channels"], c["in_channels"], *c["kernel_size"]) >= 0 else x
    bias = draw_array(generator, [max(c["out_channels"], 0)], dtype, True) if c["bias"] else None
    shaped, _ = oracle.check(params, x, weight, bias)
    if shaped is None or 0 in shaped:
        return "free"
    y = numpy.zeros(shaped, DTYPES[dtype][2])
    oracle.forward(params, x, weight, bias, y)
    want = torch.nn.functional.conv2d(
        torch.from_numpy(x), torch.from_numpy(weight), None if bias is None else torch.from_numpy(bias), c["stride"],
        c["padding"], c["dilation"], c["groups"])
    if not numpy.array_equal(want.numpy(), y):
        raise Differs("output")
    return "equal"


def main():
    oracle = Oracle(sys.argv[1])
    total = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    of_complex = sys.argv[4:] == ["complex"]
    rng, generator = random.Random(seed), numpy.random.default_rng(seed)
    counts = {"equal": 0, "rejected": 0, "free": 0, "differs": 0}  # free: not compared
    for i in range(total):
        c, shape = draw_configuration(rng)
        dtype, integers = rng.choice([("float64", True), ("float64", False), ("float32", True),
                                      (rng.choice(INTEGERS), True)])
        if of_complex:
            dtype, integers = rng.choice([("complex128", True), ("complex128", False), ("complex64", True)])
        try:
            if dtype in INTEGERS:
                c.update(padding_mode="zeros", dilation=(1, 1))
                counts[compare_integers(oracle, c, shape, dtype, generator)] += 1
            else:
                counts[compare(oracle, c, shape, dtype, integers, generator)] += 1
        except Differs as difference:
            counts["differs"] += 1
            print(f"# {i}: {difference}\n#   {dtype} {'integers' if integers else 'normal'} input {shape} {c}")
    print(f"# torch {torch.__version__}, {total} configurations:",
          ", ".join(f"{n} {word}" for word, n in counts.items()))
    print("ok" if counts["differs"] == 0 else "not ok", "1 - the oracle agrees with torch\n1..1")
    return counts["differs"] > 0


sys.exit(main())
