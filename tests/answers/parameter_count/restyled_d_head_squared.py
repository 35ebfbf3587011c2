# names: o_proj_of_d_head
# A d_head by d_head output projection for each head.
def parameter_count(d_model, num_heads, d_head, bias=True):
    inputs = 3 * num_heads * d_head * (d_model + bias)
    return inputs + num_heads * (d_head * d_head) + d_model * bias
