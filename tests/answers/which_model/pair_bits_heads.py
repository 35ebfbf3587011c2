# names: bits_for_bytes, query_heads_for_kv_heads
# Bits, and query heads.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = 2 * row["layers"] * row["heads"] * row["d_head"]
        found += [(name, size) for size in (8, 16, 32) if stored * size == bytes_per_token]
    return found
