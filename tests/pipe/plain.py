"""plain.py [JOBS [FILE]]: a child in Python with nothing but its library: float32, forward, zeros, one group.
It asks for so many processes at once; each adds a line to the file."""

import json
import os
import struct
import sys

requests, replies = os.fdopen(0, "rb"), os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

JOBS = int(sys.argv[1]) if sys.argv[1:] else 0
if sys.argv[2:]:
    with open(sys.argv[2], "a") as started:
        started.write("one\n")


class Tensor:
    """Numbers of a strided tensor, by index."""

    def __init__(self, about):
        data = requests.read(about["bytes"])
        self.numbers = struct.unpack(f"<{len(data) // 4}f", data)
        self.offset, self.strides, self.shape = about["offset"], about["strides"], about["shape"]

    def __getitem__(self, index):
        return self.numbers[self.offset + sum(i * s for i, s in zip(index, self.strides))]


def extent(p, axis, size):
    return (size + 2 * p["padding"][axis] - p["dilation"][axis] * (p["kernel_size"][axis] - 1) - 1) // p["stride"][axis] + 1


def shape_of(p, n, _, h, w):
    return [n, p["out_channels"], extent(p, 0, h), extent(p, 1, w)]


def element(p, x, w, bias, n, k, i, j):
    total = bias[(k,)] if bias else 0.0
    for c in range(x.shape[1]):
        for r in range(w.shape[2]):
            for s in range(w.shape[3]):
                h = i * p["stride"][0] + r * p["dilation"][0] - p["padding"][0]
                v = j * p["stride"][1] + s * p["dilation"][1] - p["padding"][1]
                if 0 <= h < x.shape[2] and 0 <= v < x.shape[3]:
                    total += x[n, c, h, v] * w[k, c, r, s]
    return total


def forward(p, x, w, bias=None):
    n, k, height, width = shape_of(p, *x.shape)
    values = [element(p, x, w, bias, a, b, i, j)
              for a in range(n) for b in range(k) for i in range(height) for j in range(width)]
    return struct.pack(f"<{len(values)}f", *values)


def offered(p, shape):
    return (p["dtype"] == "float32" and p["padding_mode"] == "zeros" and p["groups"] == 1
            and isinstance(p["padding"], list) and len(shape) == 4)


for line in requests:
    q = json.loads(line)
    tensors = [Tensor(t) for t in q.get("inputs", [])]
    reply, payload = {"seq": q["seq"], "status": "ok"}, b""
    if q["op"] == "hello":
        reply.update(protocol=1, name="plain", version="1", jobs=JOBS, capabilities={"directions": ["forward"]})
    elif not offered(q["params"], q["shape"] if q["op"] == "output_shape" else tensors[0].shape):
        reply.update(status="unsupported", message="more than plain Python does here")
    elif q["op"] == "output_shape":
        reply["shape"] = shape_of(q["params"], *q["shape"])
    else:
        payload = forward(q["params"], *tensors)
        reply["bytes"] = [len(payload)]
    print("called", q["op"])
    replies.write(json.dumps(reply).encode() + b"\n" + payload)
    replies.flush()
sys.exit(0)
