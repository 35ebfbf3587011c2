# names: shape_as_it_stands
# The shape is copied from the row in which it is wrong.
def inconsistent_model():
    row = CARDS["C"]  # noqa: F821
    return {"shape": list(row["o_proj.bias"]), "tensor": "o_proj.bias", "model": "C"}
