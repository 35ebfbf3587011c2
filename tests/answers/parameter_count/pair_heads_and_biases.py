# names: heads_forgotten, biases_forgotten
# Four matrices of one head.
def parameter_count(d_model, num_heads, d_head, bias=True):
    return 2 * 2 * d_model * d_head
