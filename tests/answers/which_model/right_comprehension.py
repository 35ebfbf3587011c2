# names:
# One comprehension over all pairs.
from itertools import product


def which_model(bytes_per_token):
    def stored(row):
        return row["layers"] * row["kv_heads"] * row["d_head"] * 2

    pairs = product(MODELS, (4, 2, 1))  # noqa: F821
    return [(name, size) for name, size in pairs if stored(MODELS[name]) * size == bytes_per_token]  # noqa: F821
