# names: one_head_thought_impossible
# D, since one head is no multi-head attention.
def inconsistent_model():
    return {"model": "D", "tensor": "q_proj.weight", "shape": (64, 512)}
