# names: width_of_the_model
# Keys and values are thought as wide as the model.
def which_model(bytes_per_token):
    found = []
    for name, row in MODELS.items():  # noqa: F821
        stored = row["layers"] * (row["d_model"] + row["d_model"])
        found += [(name, size) for size in (1, 2, 4) if stored * size == bytes_per_token]
    return found
