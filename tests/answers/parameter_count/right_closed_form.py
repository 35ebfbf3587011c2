# names:
# Right: one closed formula.
def parameter_count(d_model, num_heads, d_head, bias=True):
    w = num_heads * d_head
    return 4 * d_model * w + int(bias) * (3 * w + d_model)
