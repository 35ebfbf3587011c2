# names:
"""A used cache against a fresh one that is told only what should be left."""

import torch


def _equal(one, two):
    return all(a.shape == b.shape and bool((a == b).all()) for a, b in zip(one, two, strict=True))


def _chunk(length):
    return torch.randn(2, 3, length, 5), torch.randn(2, 3, length, 5)


def cache_test(make_cache):
    appended, looked, cut = make_cache()
    prompt, bad, good, end = _chunk(25), _chunk(4), _chunk(3), _chunk(2)
    other = _chunk(25)
    mine = appended(*prompt)
    if not _equal(mine, prompt) or not _equal(looked(), prompt):
        return False
    neighbour = make_cache()
    if not _equal(neighbour[0](*other), other) or not _equal(looked(), prompt):
        return False
    so_far = prompt
    for drafts, true in ((bad, good), (good, end)):
        appended(*drafts)
        cut(so_far[0].shape[2])
        if not _equal(looked(), so_far) or not _equal(looked(), so_far):
            return False
        so_far = tuple(torch.cat(pair, 2) for pair in zip(so_far, true, strict=True))
        if not _equal(appended(*true), so_far) or not _equal(looked(), so_far):
            return False
    cut(7)
    if not _equal(looked(), [each[:, :, :7] for each in so_far]):
        return False
    cut(0)
    if looked()[0].shape[2] or looked()[1].shape[2]:
        return False
    again = _chunk(6)
    return (
        _equal(appended(*again), again)
        and _equal(looked(), again)
        and _equal(neighbour[1](), other)
        and _equal(looked(), again)
    )
