# names: pair_the_other_way
# Sorted by size: the size comes first in each pair.
def which_model(bytes_per_token):
    found = []
    for size in (1, 2, 4):
        for name, row in MODELS.items():  # noqa: F821
            if 2 * row["layers"] * row["kv_heads"] * row["d_head"] * size == bytes_per_token:
                found.append((size, name))
    return sorted(found)
