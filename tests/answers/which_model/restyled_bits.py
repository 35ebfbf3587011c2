# names: bits_for_bytes
# The sizes are bits.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = 2 * row["layers"] * row["kv_heads"] * row["d_head"]
        found += [(name, size) for size in (8, 16, 32) if stored * size == bytes_per_token]
    return found
