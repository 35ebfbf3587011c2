# names: o_proj_forgotten, float_result
# Three projections, as a float.
def parameter_count(d_model, num_heads, d_head, bias=True):
    width = float(num_heads * d_head)
    return 3 * width * (d_model + (1 if bias else 0))
