# names:
# Right but for the length, which counts keys and values.
def inconsistent_model():
    return {"model": "C", "tensor": "o_proj.bias", "shape": (1280,)}
