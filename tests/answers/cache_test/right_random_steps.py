# names:
"""Random steps on three caches, against lists of tokens."""

import random

import torch


def cache_test(make_cache):
    choose = random.Random(1)
    caches = [(*make_cache(), []) for _ in range(3)]
    for step in range(60):
        append, read, trim, tokens = caches[step % 3]
        if tokens and (choose.random() < 0.4 or len(tokens) > 40):
            kept = choose.choice([0, len(tokens) // 2, len(tokens) - 1, len(tokens)])
            del tokens[kept:]
            trim(kept)
        else:
            many = choose.choice([1, 3, 8])
            k, v = torch.rand(3, 2, many, 4), torch.rand(3, 2, many, 4)
            tokens += list(zip(k.unbind(2), v.unbind(2), strict=True))
            if not _holds(append(k, v), tokens):
                return False
        for _, look, _, known in caches:
            if known and not (_holds(look(), known) and _holds(look(), known)):
                return False
            if not known and step > 6 and look()[0].shape[2]:
                return False
    return True


def _holds(pair, tokens):
    keys, values = pair
    if keys.shape[2] != len(tokens) or values.shape[2] != len(tokens):
        return False
    return all(
        (keys[:, :, i] == k).all() and (values[:, :, i] == v).all()
        for i, (k, v) in enumerate(tokens)
    )
