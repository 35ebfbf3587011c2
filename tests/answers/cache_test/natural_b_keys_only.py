# mistake: the values are never compared
# why: keys and values are stored alike, so one of them seems enough
import torch


def cache_test(make_cache):
    append, read, trim = make_cache()
    other_append, other_read, _ = make_cache()
    stored = torch.zeros(2, 3, 0, 8)
    other = torch.randn(2, 3, 4, 8)
    other_append(other, other)
    for n in (6, 1, 1, 20, 3):
        k = torch.randn(2, 3, n, 8)
        stored = torch.cat([stored, k], dim=2)
        keys, _ = append(k, torch.randn(2, 3, n, 8))
        if not torch.equal(keys, stored) or not torch.equal(read()[0], stored):
            return False
        if n > 1:
            length = stored.shape[2] - 1
            trim(length)
            stored = stored[:, :, :length]
            if not torch.equal(read()[0], stored):
                return False
    return torch.equal(other_read()[0], other)
