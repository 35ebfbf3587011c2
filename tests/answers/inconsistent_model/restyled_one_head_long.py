# names: bias_of_one_head
# Each head is thought to have its own bias in o_proj.
def inconsistent_model():
    return {"model": "C", "tensor": "o_proj.bias", "shape": tuple([512 // 8])}
