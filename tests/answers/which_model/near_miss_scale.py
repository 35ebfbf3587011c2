# names:
# A float32 scale for each key and value is counted as well.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = 2 * row["layers"] * row["kv_heads"] * row["d_head"] + 8 * row["layers"]
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
