# mistake: compares shapes and no numbers
# why: lengths are what a cache is about: append adds, trim takes away
import torch


def cache_test(make_cache):
    append, read, trim = make_cache()
    total = 0
    for n in (5, 1, 1, 7):
        total += n
        keys, values = append(torch.randn(2, 3, n, 8), torch.randn(2, 3, n, 8))
        if keys.shape != (2, 3, total, 8) or values.shape != (2, 3, total, 8):
            return False
    for length in (10, 4, 0):
        trim(length)
        if read()[0].shape[2] != length or read()[1].shape[2] != length:
            return False
    return True
