# mistake: appends once and reads: nothing is put behind anything, and nothing is trimmed
# why: "does the cache give back what I put in?"
import torch


def cache_test(make_cache):
    append, read, trim = make_cache()
    k, v = torch.randn(2, 2, 3, 5, 8)
    keys, values = append(k, v)
    if not torch.equal(keys, k) or not torch.equal(values, v):
        return False
    keys, values = read()
    return torch.equal(keys, k) and torch.equal(values, v)
