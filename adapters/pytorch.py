"""pytorch.py: PyTorch's torch.nn.Conv2d, module and constructor, as it is (Debian: python3-torch).

What torch raises is the answer: that it has no kernel for a dtype or a tensor is "unsupported",
every other complaint "invalid".
"""

import functools
import warnings

import torch

from conv2d_subject import Invalid, Subject, Unsupported

warnings.simplefilter("ignore")
torch.set_num_threads(1)

subject = Subject(
    name="PyTorch nn.Conv2d", version=torch.__version__, url="https://pytorch.org/",
    description="the Python module: constructor, forward, autograd",
    claims=["checks-parameters", "torch-quirks"],
    layouts=["nchw", "nhwc", "gaps", "broadcast", "odd"],
    padding_modes=["zeros", "reflect", "replicate", "circular"],
    directions=["forward", "backward", "init"])

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
    return guarded


def tensor_of(array):
    """The array as a tensor on the same strides, which torch wants not to be negative."""
    if any(s < 0 for s in array.strides):
        raise Unsupported("torch has no negative strides")
    if array.dtype == "uint16":
        return torch.from_numpy(array.view("int16")).view(torch.bfloat16)
    return torch.from_numpy(array)


def array_of(tensor):
    tensor = tensor.detach().contiguous()
    return tensor.view(torch.int16).numpy().view("uint16") if tensor.dtype == torch.bfloat16 else tensor.numpy()


def module_of(p, dtype):
    """The layer. Its constructor can't make integer parameters, so they are put in place afterwards."""
    padding = p.padding if isinstance(p.padding, str) else tuple(p.padding)
    return torch.nn.Conv2d(
        p.in_channels, p.out_channels, tuple(p.kernel_size), tuple(p.stride), padding,
        tuple(p.dilation), p.groups, p.bias, p.padding_mode,
        dtype=dtype if dtype.is_floating_point else torch.float32)


def put_parameter(module, name, value):
    """Puts a tensor in a parameter's place, if it has the shape that load_state_dict insists on."""
    shape = getattr(module, name).shape
    if value.shape != shape:
        raise RuntimeError(f"size mismatch for {name}: {list(value.shape)}, the module has {list(shape)}")
    del module._parameters[name]
    setattr(module, name, torch.nn.Parameter(value) if value.is_floating_point() else value)


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
        return array_of(module(tensor_of(input)))


@subject.backward
@answers
def backward(p, input, weight, grad_output):
    dtype = getattr(torch, p.dtype)
    if not dtype.is_floating_point:
        raise Invalid("only tensors of floating point dtype can require gradients")
    module = module_of(p, dtype)
    put_parameters(module, tensor_of(weight), torch.zeros(p.out_channels, dtype=dtype) if p.bias else None)
    x, gradient = tensor_of(input).requires_grad_(), tensor_of(grad_output)
    y = module(x)
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
