# names: heads_forgotten
# A single KV head is counted.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = sum(row["d_head"] + row["d_head"] for _ in range(row["layers"]))
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
