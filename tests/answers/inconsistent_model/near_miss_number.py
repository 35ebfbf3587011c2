# names:
# The length is a number, not a shape.
def inconsistent_model():
    return {"model": "C", "tensor": "o_proj.bias", "shape": 640}
