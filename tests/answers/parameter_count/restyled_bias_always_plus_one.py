# names: bias_always
# The bias is an extra input to each layer, whatever was asked.
def parameter_count(d_model, num_heads, d_head, bias=True):
    width = num_heads * d_head
    return 3 * width * (d_model + 1) + d_model * (width + 1)
