# names:
# A generator of (name, tensor) pairs under torch.no_grad, operator.attrgetter, itertools.product.
from itertools import product
from operator import attrgetter

import torch


def _pairs(loop):
    for layer, kind in product(("q_proj", "k_proj", "v_proj"), ("weight", "bias")):
        tensors = list(map(attrgetter(f"{layer}.{kind}"), loop.heads.children()))
        if any(each is None for each in tensors):
            continue
        yield f"{layer}.{kind}", torch.stack(tensors).flatten(0, 1)
    for kind, parameter in loop.o_proj.named_parameters():
        yield f"o_proj.{kind}", parameter.clone()


@torch.no_grad()
def fuse_heads(loop):
    """Weights of a ``MultiHeadAttention`` that equals the given ``MultiHeadLoop``."""
    return dict(_pairs(loop))
