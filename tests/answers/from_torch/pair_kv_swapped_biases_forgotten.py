# names: kv_swapped, biases_forgotten
# Values where the keys should be, and no biases.
def from_torch(mha):
    q, v, k = mha.in_proj_weight.detach().chunk(3)
    out = mha.out_proj.weight.detach()
    return {"q_proj.weight": q, "k_proj.weight": k, "v_proj.weight": v, "o_proj.weight": out}
