# names: width_must_be_d_model
# E, whose heads do not fill the model.
def inconsistent_model():
    return {"model": "E", "tensor": "o_proj.weight", "shape": (1024, 1024)}
