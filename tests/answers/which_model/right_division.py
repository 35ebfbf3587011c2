# names:
# The bytes are divided by the values; pairs are lists.
def which_model(bytes_per_token):
    found = []
    for name in MODELS:  # noqa: F821
        row = MODELS[name]  # noqa: F821
        keys = row["layers"] * row["kv_heads"] * row["d_head"]
        size, rest = divmod(bytes_per_token, keys + keys)
        if rest == 0 and size in {1, 2, 4}:
            found += [[name, size]]
    return found
