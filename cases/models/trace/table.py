#!/usr/bin/env python3
"""Writes ../KIND.yaml, the case files of the tier `models`, from the records of trace.py.

    python3 table.py records.jsonl ..

A shape stands once, in the file of the first kind that has it, with all networks that have it.
"""

import json
import sys

import cover

KINDS = {
    "classification": "Layers of networks that classify images",
    "mobile": "Layers of networks for small devices",
    "transformers": "Layers of vision transformers, patches and what convolves between attention",
    "large-kernels": "Layers of networks with large depthwise kernels",
    "detection": "Layers of networks that find objects",
    "segmentation": "Layers of networks that classify each pixel",
    "dense": "Layers of networks that estimate depth, poses, optical flow",
    "restoration": "Layers of networks that enlarge images, and free them of noise, blur and haze",
    "diffusion": "Layers of the U-Nets and autoencoders of diffusion",
    "audio": "Layers of networks that hear spectrograms",
}
# The whole tier stays feasible: these few would take as long as all others.
MOST_PRODUCTS = 100_000_000_000
DEFAULTS = {
    "stride": [1, 1],
    "padding": [0, 0],
    "dilation": [1, 1],
    "groups": 1,
    "bias": True,
    "padding_mode": "zeros",
}
SAMPLES = [
    "{dtype: float64}",
    "{dtype: float16}",
    "{dtype: bfloat16}",
    "{dtype: int8}",
    "{layout: nhwc}",
    "{data: uniform}",
]
ONE_IN = 16


def output_of(layer):
    padding = layer["padding"]
    if padding == "same":
        return layer["in"][1:]
    if padding == "valid":
        padding = [0, 0]
    return [
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, p, d, k, s in zip(
            layer["in"][1:], padding, layer["dilation"], layer["kernel_size"], layer["stride"]
        )
    ]


def products_of(layer, output):
    kh, kw = layer["kernel_size"]
    return layer["in"][0] // layer["groups"] * kh * kw * layer["out"] * output[0] * output[1]


def read(path):
    """Networks by name, and shapes with the networks that have them, both in the order of the file."""
    networks, shapes = {}, {}
    with open(path) as f:
        for line in f:
            record = json.loads(line)
            if "layers" not in record:
                continue
            name = record["network"]
            networks[name] = record["kind"]
            for layer in record["layers"]:
                shapes.setdefault(json.dumps(layer, sort_keys=True), []).append(name)
    return networks, [(json.loads(key), names) for key, names in shapes.items()]


def text(value):
    if isinstance(value, list):
        return str(value[0]) if value[0] == value[1] else f"[{value[0]}, {value[1]}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def keys_of(layer):
    """The keys of a case that rows share; `depthwise` stands for as many groups as channels."""
    keys = {"kernel_size": layer["kernel_size"]}
    for key, default in DEFAULTS.items():
        if layer[key] != default:
            keys[key] = layer[key]
    if layer["groups"] > 1 and layer["groups"] == layer["in"][0]:
        keys["groups"] = "depthwise"
    return "{" + ", ".join(f"{key}: {text(value)}" for key, value in keys.items()) + "}"


def ranges(numbers):
    """[0, 1, 2, 5] as "0-2 5"."""
    parts, numbers = [], sorted(numbers)
    first = last = numbers[0]
    for n in numbers[1:] + [None]:
        if n != last + 1 if n is not None else True:
            parts.append(str(first) if first == last else f"{first}-{last}")
            first = n
        last = n
    return " ".join(parts)


def wrapped(names, width=110):
    lines, line = [], ""
    for name in names:
        if len(line) + len(name) > width:
            lines.append(line.rstrip())
            line = ""
        line += name + ", "
    return lines + [line.rstrip(", ")]


def row(layer, names, number, marked):
    channels, height, width = layer["in"]
    return f"[{channels}, {height}, {width}, {layer['out']}, {ranges([number[n] for n in names])}" + (
        ", full]" if marked else "]"
    )


def write(path, about, networks, entries):
    """entries: (layer, names, marked, products)."""
    used = {name for _, names, _, _ in entries for name in names}
    listed = [name for name in networks if name in used]
    number = {name: i for i, name in enumerate(listed)}
    families, left_out = {}, []
    for layer, names, marked, products in entries:
        line = row(layer, names, number, marked)
        if products > MOST_PRODUCTS:
            left_out.append(f"# left out, {products:.1e} products: {keys_of(layer)} {line}")
        else:
            families.setdefault(keys_of(layer), []).append(
                (layer["in"][0], layer["out"], layer["in"][1:], line)
            )
    with open(path, "w") as f:
        print(
            f"# Written by trace/table.py from what trace/trace.py traced: not to be edited by hand.\n"
            f"about: {about}.\nclauses: [FWD-1, BACK-2, BACK-3]\nmodels:",
            file=f,
        )
        print("  networks: [\n    " + "\n    ".join(wrapped(listed)) + "]", file=f)
        print(f"  samples: [{', '.join(SAMPLES)}]\n  one_in: {ONE_IN}\n  layers:", file=f)
        for keys in sorted(families):
            print(f"  - keys: {keys}\n    shapes:", file=f)
            for *_, line in sorted(families[keys]):
                print("    - " + line, file=f)
        print("\n".join(left_out), end="\n" if left_out else "", file=f)


def main():
    records, folder = sys.argv[1:]
    networks, shapes = read(records)
    sized = [(layer, output_of(layer), products_of(layer, output_of(layer))) for layer, _ in shapes]
    marked = set(cover.choose(sized))
    order = {kind: i for i, kind in enumerate(KINDS)}
    entries = {kind: [] for kind in KINDS}
    for i, (layer, names) in enumerate(shapes):
        kind = min((networks[name] for name in names), key=order.get)
        entries[kind].append((layer, names, i in marked, sized[i][2]))
    for kind, about in KINDS.items():
        write(f"{folder}/{kind}.yaml", about, networks, entries[kind])
    print(
        f"{len(networks)} networks, {len(shapes)} shapes, {len(marked)} of them for full: "
        f"{sum(sized[i][2] for i in marked) / 1e9:.2f} thousand million products, "
        f"work {sum(cover.work_of(*sized[i]) for i in marked) / 1e9:.2f}"
    )


if __name__ == "__main__":
    main()
