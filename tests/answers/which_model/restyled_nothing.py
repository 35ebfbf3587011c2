# names: none_for_nothing
# Where nothing is found the function ends without a return.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        size = bytes_per_token / (2 * row["layers"] * row["kv_heads"] * row["d_head"])
        if size in (1, 2, 4):
            found.append((name, int(size)))
    if found:
        return found
