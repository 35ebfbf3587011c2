# names:
# Dictionary comprehensions over unflattened thirds, merged with |.
def from_torch(mha):
    """Weights of a ``MultiHeadAttention`` that equals PyTorch's module."""
    names = ("q_proj", "k_proj", "v_proj")
    given = {
        "weight": (mha.in_proj_weight, mha.out_proj.weight),
        "bias": (mha.in_proj_bias, mha.out_proj.bias),
    }
    result = {}
    for kind, (joint, out) in given.items():
        if joint is None:
            continue
        thirds = joint.detach().clone().unflatten(0, (3, -1))
        result |= {f"{name}.{kind}": third for name, third in zip(names, thirds, strict=True)}
        result |= {f"o_proj.{kind}": out.detach().clone()}
    return result
