# names: one_size_only, layers_forgotten
# One layer, and 16 bits only.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = 2 * row["kv_heads"] * row["d_head"]
        found += [(name, size) for size in (2,) if stored * size == bytes_per_token]
    return found
