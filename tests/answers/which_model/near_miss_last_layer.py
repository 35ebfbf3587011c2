# names:
# The last layer is thought to need no cache.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = 2 * (row["layers"] - 1) * row["kv_heads"] * row["d_head"]
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
