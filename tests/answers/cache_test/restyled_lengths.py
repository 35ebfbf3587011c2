# names: shapes_only
"""Counts positions and looks at no number."""

import torch


def cache_test(make_cache):
    caches, counts = [make_cache(), make_cache()], [0, 0]
    for new, kept in ((5, 3), (2, 4), (20, 9), (1, 0), (3, 3)):
        for i, (append, read, trim) in enumerate(caches):
            counts[i] += new
            pairs = [append(torch.rand(2, 3, new, 4), torch.rand(2, 3, new, 4)), read(), read()]
            if any(each.shape != (2, 3, counts[i], 4) for pair in pairs for each in pair):
                return False
            if any(look()[0].shape[2] != n for (_, look, _), n in zip(caches[: i + 1], counts)):  # noqa: B905
                return False
            trim(kept)
            counts[i] = kept
            if any(each.shape != (2, 3, kept, 4) for each in read()):
                return False
    return True
