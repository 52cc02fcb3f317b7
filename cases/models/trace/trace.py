#!/usr/bin/env python3
"""Traces the two-dimensional convolutions of published networks, without weights.

    pip install -r requirements.txt          # in an environment of its own
    python3 trace.py [--only PATTERN] records.jsonl
    python3 table.py records.jsonl ..        # writes ../*.yaml

Networks are built on PyTorch's meta device, where a tensor has a shape and no elements (the few that
can't be: on the CPU), and called once with one image of their usual size. Each call of a convolution
is one record: what nn.Conv2d was constructed with, and the shape that came in. networks.py says which
networks there are.

records.jsonl has a line for each network: {"kind", "network", "layers"}, or "left_out" with the
reason. A network that stands there already is not traced again.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import sys

import torch
from torch.overrides import TorchFunctionMode

import networks

SECONDS = 600  # for one network: beyond that it is left out


def pair(value):
    """An int or a pair as a pair; `same` and `valid` as they are."""
    if isinstance(value, str):
        return value
    value = [int(v) for v in value] if isinstance(value, (tuple, list, torch.Size)) else [int(value)]
    return value * 2 if len(value) == 1 else value


def layer(shape, weight, bias, stride, padding, dilation, groups, mode="zeros"):
    channels, height, width = shape[-3:]
    return {
        "in": [int(channels), int(height), int(width)],
        "out": int(weight.shape[0]),
        "kernel_size": pair(weight.shape[2:]),
        "stride": pair(stride),
        "padding": pair(padding),
        "dilation": pair(dilation),
        "groups": int(groups),
        "bias": bias is not None,
        "padding_mode": mode,
    }


class Recorder(TorchFunctionMode):
    """Notes every call of conv2d. A call from nn.Conv2d itself is noted once, by the module:
    torch pads for the modes other than zeros before it calls conv2d."""

    def __init__(self):
        super().__init__()
        self.layers = []
        self.inside = False

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function in (torch.conv2d, torch.nn.functional.conv2d) and not self.inside:
            self.note(*args, **(kwargs or {}))
        return function(*args, **(kwargs or {}))

    def note(self, input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        self.layers.append(layer(input.shape, weight, bias, stride, padding, dilation, groups))

    def call_module(self, original, module, input, weight, bias):
        self.layers.append(
            layer(
                input.shape,
                weight,
                bias,
                module.stride,
                module.padding,
                module.dilation,
                module.groups,
                module.padding_mode,
            )
        )
        self.inside = True
        try:
            return original(module, input, weight, bias)
        finally:
            self.inside = False

    @contextlib.contextmanager
    def watching(self):
        original = torch.nn.Conv2d._conv_forward
        torch.nn.Conv2d._conv_forward = lambda *args: self.call_module(original, *args)
        try:
            with self:
                yield
        finally:
            torch.nn.Conv2d._conv_forward = original


@contextlib.contextmanager
def at_most(seconds):
    def stop(*_):
        raise TimeoutError(f"more than {seconds} s")

    old = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)


def calls(network, device):
    recorder = Recorder()
    with torch.device(device), torch.no_grad(), at_most(SECONDS):
        call = network.build()
        with recorder.watching():
            call()
    return recorder.layers


def trace(network):
    """The layers of a network in the order of their first call, each once.

    Some definitions compute with values on their way, which a tensor without elements can't; such a
    network is built on the CPU, with the numbers that initialisation gives it, and called there."""
    try:
        layers = calls(network, "meta")
    except TimeoutError:
        raise
    except Exception:
        layers = calls(network, "cpu")
    distinct = {json.dumps(l, sort_keys=True): l for l in layers}
    if not distinct:
        raise ValueError("calls no two-dimensional convolution")
    return list(distinct.values())


def record(network):
    line = {"kind": network.kind, "network": network.name}
    try:
        line["layers"] = trace(network)
    except Exception as e:  # a network that can't be traced must not stop the others
        line["left_out"] = f"{type(e).__name__}: {e}".splitlines()[0][:200]
    return line


def done(path):
    if not os.path.exists(path):
        return set()
    with open(path) as f:
        return {json.loads(line)["network"] for line in f}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records")
    parser.add_argument("--only", default="", help="a regular expression: networks whose name it finds")
    options = parser.parse_args()
    known = done(options.records)
    with open(options.records, "a") as out:
        for network in networks.all():
            if network.name in known or not re.search(options.only, network.name):
                continue
            known.add(network.name)
            line = record(network)
            print(json.dumps(line), file=out, flush=True)
            print(network.kind, network.name, line.get("left_out") or len(line["layers"]), file=sys.stderr)


if __name__ == "__main__":
    main()
