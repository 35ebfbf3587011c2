# names: o_proj_forgotten
# Three projections, weights and biases together.
def parameter_count(d_model, num_heads, d_head, bias=True):
    return 3 * (d_model + (1 if bias else 0)) * num_heads * d_head
