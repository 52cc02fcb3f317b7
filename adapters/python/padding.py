"""padding.py: the padding of a call in NumPy's terms."""

NUMPY_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def margins(p):
    """[(top, bottom), (left, right)]"""
    if p.padding == "valid":
        return [(0, 0), (0, 0)]
    if p.padding == "same":
        whole = [d * (k - 1) for d, k in zip(p.dilation, p.kernel_size)]
        return [(n // 2, n - n // 2) for n in whole]
    return [(n, n) for n in p.padding]
