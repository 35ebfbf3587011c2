# mistake: the output projection keeps PyTorch's name out_proj
# why: only in_proj has to be cut, and the rest is copied as it is
def from_torch(mha):
    """Weights of a ``MultiHeadAttention`` that equals PyTorch's module."""
    ours = {}
    for name, tensor in mha.state_dict().items():
        if name.startswith("in_proj_"):
            kind = name.removeprefix("in_proj_")
            q, k, v = tensor.chunk(3, dim=0)
            ours[f"q_proj.{kind}"] = q.clone()
            ours[f"k_proj.{kind}"] = k.clone()
            ours[f"v_proj.{kind}"] = v.clone()
        else:
            ours[name] = tensor.clone()
    return ours
