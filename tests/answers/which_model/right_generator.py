# names:
# A generator yields what fits; sorted by the bytes of a value; a tuple comes back.
def _fitting(target):
    for name, row in MODELS.items():  # noqa: F821
        per_layer = 2 * row["kv_heads"] * row["d_head"]
        for power in range(3):
            if (per_layer << power) * row["layers"] == target:
                yield name, 1 << power


def which_model(bytes_per_token):
    return tuple(sorted(_fitting(bytes_per_token), key=lambda pair: pair[1]))
