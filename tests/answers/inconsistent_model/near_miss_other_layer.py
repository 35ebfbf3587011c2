# names:
# The right model, but the bias of a layer that does not stand in the table.
def inconsistent_model():
    return {"model": "C", "tensor": "v_proj.bias", "shape": (64,)}
