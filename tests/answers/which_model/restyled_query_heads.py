# names: query_heads_for_kv_heads
# Every query head is thought to have keys of its own.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = 2 * row["d_head"] * row["heads"] * row["layers"]
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
