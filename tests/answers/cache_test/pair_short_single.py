# names: one_cache, short_only
"""One cache with few positions."""

import torch


def cache_test(make_cache):
    append, read, trim = make_cache()
    keys = values = torch.zeros(2, 3, 0, 4)
    for new, kept in ((5, 3), (2, 4), (6, 5), (1, 0), (3, 3)):
        k, v = torch.randn(2, 3, new, 4), torch.randn(2, 3, new, 4)
        keys, values = torch.cat((keys, k), 2), torch.cat((values, v), 2)
        answers = [append(k, v), read(), read()]
        if not all(torch.equal(a, keys) and torch.equal(b, values) for a, b in answers):
            return False
        trim(kept)
        keys, values = keys[:, :, :kept], values[:, :, :kept]
        a, b = read()
        if not (torch.equal(a, keys) and torch.equal(b, values)):
            return False
    return True
