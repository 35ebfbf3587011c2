# names:
# Right but for one number too many.
def inconsistent_model():
    return {"model": "C", "tensor": "o_proj.bias", "shape": (641,)}
