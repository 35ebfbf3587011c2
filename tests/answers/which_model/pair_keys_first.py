# names: keys_or_values_only, query_heads_for_kv_heads
# Keys only, and of all query heads.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = row["layers"] * row["heads"] * row["d_head"]
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
