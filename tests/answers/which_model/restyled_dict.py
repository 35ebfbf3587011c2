# names: first_that_fits
# A dictionary from bytes to the pair keeps one pair for each.
def which_model(bytes_per_token):
    table = {}
    for name, row in MODELS.items():  # noqa: F821
        for size in (1, 2, 4):
            stored = 2 * row["layers"] * row["kv_heads"] * row["d_head"] * size
            table[stored] = (name, size)
    return [table[bytes_per_token]] if bytes_per_token in table else []
