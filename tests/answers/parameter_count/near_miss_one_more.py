# names:
# One more than there are.
def parameter_count(d_model, num_heads, d_head, bias=True):
    w = num_heads * d_head
    return 1 + 4 * d_model * w + (3 * w + d_model if bias else 0)
