# names: o_proj_bias_of_heads_width
# Four layers taken to be alike: matrix plus heads' width each.
def parameter_count(d_model, num_heads, d_head, bias=True):
    width = num_heads * d_head
    one_layer = d_model * width
    if bias:
        one_layer += width
    return 4 * one_layer
