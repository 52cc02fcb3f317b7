"""pytorch.py: PyTorch's torch.nn.Conv2d, module and constructor, as it is (Debian: python3-torch, or PyPI's).

Options: --functional, torch.nn.functional.conv2d; --channels-last, both tensors in that memory format;
--no-mkldnn, without oneDNN; --compile, under torch.compile; --medium, under torch.set_float32_matmul_precision("medium");
--bf16, with torch.backends.mkldnn.conv.fp32_precision = "bf16", which is oneDNN's fpmath mode; --cuda, on the first CUDA
device, where --tf32 lets it round float32 to TF32. With --medium and --bf16 the processor decides whether torch computes
in bfloat16; the environment says what it does.
What torch raises is the answer: that it has no kernel for a dtype or a tensor is "unsupported",
every other complaint "invalid".
"""

import functools
import os
import sys
import warnings

import torch

from conv2d_subject import Invalid, Subject, Unsupported

warnings.simplefilter("ignore")
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
FUNCTIONAL, LAST, BARE, COMPILED = (f"--{o}" in sys.argv[1:] for o in ("functional", "channels-last", "no-mkldnn", "compile"))
CUDA, TF32, MEDIUM, BF16 = (f"--{o}" in sys.argv[1:] for o in ("cuda", "tf32", "medium", "bf16"))
torch.backends.mkldnn.set_flags(not BARE)
torch.backends.cudnn.allow_tf32 = TF32
if MEDIUM:
    torch.set_float32_matmul_precision("medium")
if BF16:
    torch.backends.mkldnn.conv.fp32_precision = "bf16"
if CUDA:
    torch.set_default_device("cuda")


def rounds_to_bfloat16():
    """Which convolutions of float32 lose what bfloat16 has no bits for: those of oneDNN, or those of single images by matmul."""
    ones, fine = torch.ones(16, 64, 3, 3), 1 + 2.0 ** -12
    return [way for way, images in (("convolution", 2), ("matmul", 1))
            if (torch.nn.functional.conv2d(torch.full((images, 64, 12, 12), fine), ones) == 64 * 9).any()]


def environment():
    """The instruction set that torch's own kernels use (ATEN_CPU_CAPABILITY limits it), oneDNN, threads."""
    if CUDA:
        return f"{torch.cuda.get_device_name()} cuda={torch.version.cuda} cudnn={torch.backends.cudnn.version()} tf32={int(TF32)}"
    capability = getattr(torch.backends.cpu, "get_cpu_capability", lambda: "unknown")() if hasattr(torch.backends, "cpu") else "unknown"
    arithmetic = f" bfloat16={'+'.join(rounds_to_bfloat16()) or 'never'}" if MEDIUM or BF16 else ""
    return (f"isa={capability} mkldnn={int(torch.backends.mkldnn.is_available() and not BARE)} threads={torch.get_num_threads()}"
            f"{arithmetic}")


WORDS = [w for w, on in (("functional", FUNCTIONAL), ("channels_last", LAST), ("without oneDNN", BARE), ("torch.compile", COMPILED),
                         ("CUDA", CUDA), ("TF32", TF32), ("matmul precision medium", MEDIUM), ("oneDNN's fpmath mode bf16", BF16)) if on]
# On CUDA the bias is added to a result that cuDNN has rounded to the tensor's dtype.
BIAS_APART = "; ".join(f"{dtype}: tensor-core, store={dtype}, store-every=1000000000" for dtype in ("float16", "bfloat16"))
subject = Subject(
    name="PyTorch " + ("F.conv2d" if FUNCTIONAL else "nn.Conv2d"), version=torch.__version__.split("+")[0], url="https://pytorch.org/",
    description=", ".join(["the Python module: constructor, forward, autograd", *WORDS]),
    claims=["torch-quirks"] if FUNCTIONAL else ["checks-parameters", "torch-quirks"],
    layouts=["nchw", "nhwc", "gaps", "broadcast", "odd"], environment=environment(),
    jobs=1 if CUDA else 0,  # they would take turns on the card
    numerics=("tf32-tensor-core; " if TF32 else "") + BIAS_APART if CUDA else "bf16" if MEDIUM or BF16 else "",
    padding_modes=["zeros"] if FUNCTIONAL else ["zeros", "reflect", "replicate", "circular"],
    directions=["forward", "backward"] if FUNCTIONAL else ["forward", "backward", "init"])

NOT_OFFERED = ("not implemented for", "can't allocate memory")


def answers(function):
    """Turns an exception of torch into the answer that it means."""
    @functools.wraps(function)
    def guarded(p, *arguments):
        try:
            return function(p, *arguments)
        except (ValueError, TypeError, RuntimeError, IndexError, NotImplementedError) as e:
            message = str(e).split("\n")[0]
            if any(words in message for words in NOT_OFFERED):
                raise Unsupported(message) from e
            raise Invalid(f"{type(e).__name__}: {message}") from e
        except AttributeError as e:
            if "has no attribute 'float8" in str(e):  # PyTorch before 2.1
                raise Unsupported(str(e)) from e
            raise
    return guarded


def tensor_of(array):
    """The array as a tensor on the same strides, which torch wants not to be negative."""
    if any(s < 0 for s in array.strides):
        raise Unsupported("torch has no negative strides")
    tensor = torch.from_numpy(array.view("int16")).view(torch.bfloat16) if array.dtype == "uint16" else torch.from_numpy(array)
    if CUDA:
        tensor = tensor.cuda()
    return tensor.contiguous(memory_format=torch.channels_last) if LAST and tensor.ndim == 4 else tensor


def array_of(tensor):
    tensor = tensor.detach().resolve_conj().resolve_neg().contiguous().cpu()
    return tensor.view(torch.int16).numpy().view("uint16") if tensor.dtype == torch.bfloat16 else tensor.numpy()


def has_gradients(dtype):
    return dtype.is_floating_point or dtype.is_complex


class Functional(torch.nn.Module):
    """The function, with parameters in the places where the module has them."""

    def __init__(self, p, dtype):
        super().__init__()
        groups = p.groups if p.groups > 0 else 1
        self.options = (tuple(p.stride), p.padding if isinstance(p.padding, str) else tuple(p.padding), tuple(p.dilation), p.groups)
        self.weight = torch.nn.Parameter(torch.empty(p.out_channels, p.in_channels // groups, *p.kernel_size, dtype=dtype))
        self.bias = torch.nn.Parameter(torch.empty(p.out_channels, dtype=dtype)) if p.bias else None

    def forward(self, x):
        return torch.nn.functional.conv2d(x, self.weight, self.bias, *self.options)


def run(module, x):
    if not COMPILED:
        return module(x)
    torch._dynamo.reset()  # else the ninth shape would run uncompiled
    return torch.compile(module)(x)


def module_of(p, dtype):
    """The layer. Its constructor can't make integer parameters, so they are put in place afterwards."""
    if FUNCTIONAL:
        return Functional(p, dtype if has_gradients(dtype) else torch.float32)
    padding = p.padding if isinstance(p.padding, str) else tuple(p.padding)
    return torch.nn.Conv2d(
        p.in_channels, p.out_channels, tuple(p.kernel_size), tuple(p.stride), padding,
        tuple(p.dilation), p.groups, p.bias, p.padding_mode,
        dtype=dtype if has_gradients(dtype) else torch.float32)


def put_parameter(module, name, value):
    """Puts a tensor in a parameter's place, if it has the shape that load_state_dict insists on."""
    shape = getattr(module, name).shape
    if value.shape != shape:
        raise RuntimeError(f"size mismatch for {name}: {list(value.shape)}, the module has {list(shape)}")
    del module._parameters[name]
    setattr(module, name, torch.nn.Parameter(value) if has_gradients(value.dtype) else value)


def put_parameters(module, weight, bias):
    put_parameter(module, "weight", weight)
    if bias is not None:
        put_parameter(module, "bias", bias)


@subject.output_shape
@answers
def output_shape(p, shape):
    dtype = getattr(torch, p.dtype)
    module = module_of(p, dtype)
    weight = torch.zeros(module.weight.shape, dtype=dtype)
    put_parameters(module, weight, torch.zeros(p.out_channels, dtype=dtype) if p.bias else None)
    return module(torch.zeros(1, dtype=dtype).expand(shape)).shape


@subject.forward
@answers
def forward(p, input, weight, bias):
    module = module_of(p, getattr(torch, p.dtype))
    put_parameters(module, *(None if a is None else tensor_of(a) for a in (weight, bias)))
    with torch.no_grad():
        return array_of(run(module, tensor_of(input)))


@subject.backward
@answers
def backward(p, input, weight, grad_output):
    dtype = getattr(torch, p.dtype)
    if not has_gradients(dtype):
        raise Invalid("only tensors of floating point dtype can require gradients")
    module = module_of(p, dtype)
    put_parameters(module, tensor_of(weight), torch.zeros(p.out_channels, dtype=dtype) if p.bias else None)
    x, gradient = tensor_of(input).requires_grad_(), tensor_of(grad_output)
    y = run(module, x)
    if gradient.dtype != y.dtype:  # the library would convert it
        raise Invalid(f"offered {gradient.dtype} for {y.dtype}")
    y.backward(gradient)
    return array_of(x.grad), array_of(module.weight.grad), array_of(module.bias.grad) if p.bias else None


@subject.init_parameters
@answers
def init_parameters(p, seed):
    torch.manual_seed(seed % 2**63)
    module = module_of(p, getattr(torch, p.dtype))
    return array_of(module.weight), array_of(module.bias) if p.bias else None


subject.serve()
