# names: first_that_fits
# The first pair of a generator, if there is one.
def which_model(bytes_per_token):
    pairs = (
        (name, size)
        for name, row in MODELS.items()  # noqa: F821
        for size in (1, 2, 4)
        if 2 * row["layers"] * row["kv_heads"] * row["d_head"] * size == bytes_per_token
    )
    first = next(pairs, None)
    return [first] if first else []
