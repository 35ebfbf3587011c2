# names: heads_forgotten
# Biases of the width of one head for each of q, k, v.
def parameter_count(d_model, num_heads, d_head, bias=True):
    w = num_heads * d_head
    return 4 * d_model * w + (3 * d_head + d_model if bias else 0)
