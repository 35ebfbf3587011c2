# names: never_trimmed
"""Chunks go in and are looked at; trim is not called."""

import torch


def cache_test(make_cache):
    users = [make_cache() for _ in range(2)]
    sent = [[], []]
    for length in (3, 1, 20, 2):
        for (append, read, _), known in zip(users, sent, strict=True):
            known.append((torch.randn(2, 3, length, 4), torch.randn(2, 3, length, 4)))
            want = [torch.cat(parts, dim=2) for parts in zip(*known, strict=True)]
            for got in (append(*known[-1]), read(), read()):
                if any(
                    a.shape != b.shape or (a != b).any() for a, b in zip(got, want, strict=True)
                ):
                    return False
        for (_, read, _), known in zip(users, sent, strict=True):
            want = [torch.cat(parts, dim=2) for parts in zip(*known, strict=True)]
            for a, b in zip(read(), want, strict=True):
                if a.shape != b.shape or (a != b).any():
                    return False
            read()
    return True
