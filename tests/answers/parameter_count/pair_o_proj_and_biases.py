# names: o_proj_forgotten, biases_forgotten
# Three matrices and nothing else.
def parameter_count(d_model, num_heads, d_head, bias=True):
    return sum(d_model * num_heads * d_head for _ in "qkv")
