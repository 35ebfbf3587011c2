# mistake: trims at the end only: nothing is appended to a trimmed cache, and there is one cache only
# why: the three functions are tested one after the other
import torch


def cache_test(make_cache):
    append, read, trim = make_cache()
    ks, vs = [], []
    for n in [3, 1, 1, 5, 1, 30]:
        ks.append(torch.randn(2, 4, n, 16))
        vs.append(torch.randn(2, 4, n, 16))
        keys, values = append(ks[-1], vs[-1])
        all_k, all_v = torch.cat(ks, 2), torch.cat(vs, 2)
        if not torch.equal(keys, all_k) or not torch.equal(values, all_v):
            return False
        keys, values = read()
        if not torch.equal(keys, all_k) or not torch.equal(values, all_v):
            return False
    for length in [41, 20, 3, 0]:
        trim(length)
        keys, values = read()
        if not torch.equal(keys, all_k[:, :, :length]):
            return False
        if not torch.equal(values, all_v[:, :, :length]):
            return False
    return True
