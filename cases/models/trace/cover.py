"""Chooses the shapes that the tier `full` takes, too: together they have every pair of properties that
a cheap shape has, each pair by the cheapest way that a greedy choice finds."""

import heapq
import itertools

MOST_WORK = 20_000_000  # of one shape: so many products a plain loop does in a fraction of a second
WORK_OF_AN_ELEMENT = 20  # making, judging and carrying an element costs as much as so many products


def size_class(n):
    """The class of a number: small numbers are classes by themselves, larger ones are classed by power of two and by
    the remainder modulo 8."""
    if n <= 4:
        return str(n)
    left = "8" if n % 8 == 0 else "4" if n % 4 == 0 else "even" if n % 2 == 0 else "odd"
    return f"{n.bit_length()}:{left}"


def family(layer):
    kh, kw = layer["kernel_size"]
    if kh != kw:
        return "row" if kh == 1 else "column" if kw == 1 else "oblong"
    if layer["stride"] == [kh, kw] and kh > 1:
        return f"patch {min(kh, 16)}"
    return str(kh) if kh <= 7 else "large"


def grouping(layer):
    groups, channels, out = layer["groups"], layer["in"][0], layer["out"]
    if groups == 1:
        return "dense"
    if groups == channels:
        return "depthwise" if out == channels else "multiplier"
    return "grouped"


def padding_class(layer):
    padding = layer["padding"]
    if isinstance(padding, str):
        return padding
    half = [d * (k - 1) // 2 for d, k in zip(layer["dilation"], layer["kernel_size"])]
    return "none" if padding == [0, 0] else "half" if padding == half else "other"


def properties(layer, output):
    return (
        family(layer),
        "x".join(map(str, layer["stride"])),
        padding_class(layer),
        grouping(layer),
        "dilated" if layer["dilation"] != [1, 1] else "",
        layer["bias"],
        layer["padding_mode"],
        size_class(layer["in"][0] // layer["groups"]),
        size_class(layer["out"] // layer["groups"]),
        size_class(output[0]),
        size_class(output[1]),
    )


def pairs(layer, output):
    numbered = enumerate(properties(layer, output))
    return set(itertools.combinations(numbered, 2))


def work_of(layer, output, products):
    channels, height, width = layer["in"]
    elements = channels * height * width + layer["out"] * output[0] * output[1]
    return products + WORK_OF_AN_ELEMENT * elements


def choose(shapes):
    """Indices of the chosen ones among (layer, output, products)."""
    work = [work_of(*shape) for shape in shapes]
    wanted = {i: pairs(layer, output) for i, (layer, output, _) in enumerate(shapes) if work[i] <= MOST_WORK}
    covered, chosen = set(), []

    def worth(i):
        return len(wanted[i] - covered) / (1e5 + work[i])

    queue = [(-worth(i), i) for i in wanted]
    heapq.heapify(queue)
    while queue:
        _, i = heapq.heappop(queue)
        now = worth(i)
        if now <= 0:
            continue
        if queue and now < -queue[0][0]:
            heapq.heappush(queue, (-now, i))  # covered by others meanwhile
            continue
        covered |= wanted[i]
        chosen.append(i)
    return chosen
