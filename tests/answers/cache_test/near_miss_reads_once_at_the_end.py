# names:
"""Does all steps on one cache, and looks once, when all is done."""

import torch


def cache_test(make_cache):
    append, read, trim = make_cache()
    k, v = torch.randn(2, 3, 9, 4), torch.randn(2, 3, 9, 4)
    append(k, v)
    trim(4)
    append(k[:, :, 4:], v[:, :, 4:])
    got = read()
    return torch.equal(got[0], k) and torch.equal(got[1], v)
