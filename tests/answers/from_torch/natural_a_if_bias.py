# mistake: "if mha.in_proj_bias" asks a tensor for its truth value, which raises an error where there is a bias
# why: with bias=False the attribute is None, so an if seems to be enough
def from_torch(mha):
    names = ("q_proj", "k_proj", "v_proj")
    result = {}
    for name, block in zip(names, mha.in_proj_weight.chunk(3, dim=0)):
        result[name + ".weight"] = block.detach().clone()
    result["o_proj.weight"] = mha.out_proj.weight.detach().clone()
    if mha.in_proj_bias:
        for name, block in zip(names, mha.in_proj_bias.chunk(3)):
            result[name + ".bias"] = block.detach().clone()
        result["o_proj.bias"] = mha.out_proj.bias.detach().clone()
    return result
