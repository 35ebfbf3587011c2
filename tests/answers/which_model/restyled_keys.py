# names: keys_or_values_only
# Only the keys are counted.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = row["layers"] * row["kv_heads"] * row["d_head"]
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
