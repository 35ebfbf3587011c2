# names: bias_of_two_axes
# The bias as a row.
def inconsistent_model():
    return {"model": "C", "tensor": "o_proj.bias", "shape": [1, 640]}
