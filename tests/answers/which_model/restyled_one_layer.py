# names: layers_forgotten
# What one layer stores is taken for all of it.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = row["kv_heads"] * row["d_head"] * 2
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
