# names:
# Worked out on paper.
def inconsistent_model():
    return {"model": "C", "tensor": "o_proj.bias", "shape": (640,)}
