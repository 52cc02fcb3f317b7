"""ncnn_conv.py: ncnn's layers Convolution and ConvolutionDepthWise, a net of one layer for each call.

It computes one image at a time, so that the adapter goes through the batch. Padding modes are a layer Padding.
Options: --plain, without packing, Winograd and sgemm; --bf16, bfloat16 storage is off in both.
"""

import common
import tempfile

import ncnn
import numpy as np


PLAIN = common.option("plain")
PAD_TYPES = {"replicate": 1, "reflect": 2}
SAME_UPPER = -233


def net_of(p, w, b):
    """The net: input, perhaps a padding, the convolution; its parameters as ncnn's text, its weights from a file."""
    net = ncnn.Net()
    net.opt.num_threads = common.THREADS
    net.opt.use_vulkan_compute = False
    for name in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
        setattr(net.opt, name, False)
    if PLAIN:
        for name in ("use_packing_layout", "use_winograd_convolution", "use_sgemm_convolution"):
            setattr(net.opt, name, False)
    (top, bottom), (left, right) = common.margins(p)
    layers = ["Input input 0 1 data"]
    last = "data"
    if p.padding_mode != "zeros":
        layers.append(f"Padding pad 1 1 data padded 0={top} 1={bottom} 2={left} 3={right} 4={PAD_TYPES[p.padding_mode]}")
        last, (top, bottom), (left, right) = "padded", (0, 0), (0, 0)
    pads = f"4={left} 14={top} 15={right} 16={bottom}"
    if p.padding == "same" and p.padding_mode == "zeros" and p.stride == [1, 1]:
        pads = f"4={SAME_UPPER}"
    kind = "Convolution" if p.groups == 1 else "ConvolutionDepthWise"
    groups = "" if p.groups == 1 else f"7={p.groups}"
    layers.append(f"{kind} conv 1 1 {last} out 0={p.out_channels} 1={p.kernel_size[1]} 11={p.kernel_size[0]} "
                  f"2={p.dilation[1]} 12={p.dilation[0]} 3={p.stride[1]} 13={p.stride[0]} {pads} "
                  f"5={int(p.bias)} 6={w.size} {groups}")
    if net.load_param_mem(f"7767517\n{len(layers)} {len(layers)}\n" + "\n".join(layers) + "\n"):
        raise RuntimeError("load_param_mem failed")
    with tempfile.NamedTemporaryFile(suffix=".bin") as f:
        f.write(b"\0\0\0\0" + np.ascontiguousarray(w).tobytes() + (b"" if b is None else b.tobytes()))
        f.flush()
        if net.load_model(f.name):
            raise RuntimeError("load_model failed")
    return net


def run(net, image):
    extractor = net.create_extractor()
    image = np.ascontiguousarray(image)  # ncnn.Mat borrows its memory, so the array must outlive it
    extractor.input("data", ncnn.Mat(image).clone())
    status, output = extractor.extract("out")
    if status:
        raise RuntimeError(f"extract gives {status}")
    return np.array(output)


def convolve(p, x, w, b):
    common.fits(p, 31)
    if common.margins(p) and max(map(max, common.margins(p))) > 1e6:
        raise common.Unsupported("padded in memory, this would be too much")
    net = net_of(p, w, b)
    images = [run(net, image) for image in x]
    return np.stack(images) if images else np.empty((0, *shape(p, x.shape)[1:]), np.float32)


def shape(p, input):
    spatial = [(n + sum(m) - d * (k - 1) - 1) // s + 1
               for n, m, d, k, s in zip(input[2:], common.margins(p), p.dilation, p.kernel_size, p.stride)]
    return [input[0], p.out_channels, *spatial]


common.serve("ncnn", ncnn.__version__, convolve, shape=shape,
             description=f"Convolution and ConvolutionDepthWise, {'plain' if PLAIN else 'Winograd, sgemm and packing allowed'}; an image at a time",
             url="https://github.com/Tencent/ncnn", claims=[] if PLAIN else ["transform"],
             environment=f"threads={common.THREADS}", dtypes=["float32"], padding_modes=["zeros", "reflect", "replicate"],
             own=["shape", "same"])
