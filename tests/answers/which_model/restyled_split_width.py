# names: d_head_from_d_model
# d_model is split among the heads.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = int(row["d_model"] / row["heads"]) * row["kv_heads"] * 2 * row["layers"]
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
