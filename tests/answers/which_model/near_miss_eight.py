# names:
# Eight bytes are tried in place of four.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = 2 * row["layers"] * row["kv_heads"] * row["d_head"]
        found += [(name, size) for size in (1, 2, 8) if stored * size == bytes_per_token]
    return found
