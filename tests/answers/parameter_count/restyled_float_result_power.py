# names: float_result
# The count passes through a true division.
def parameter_count(d_model, num_heads, d_head, bias=True):
    width = num_heads * d_head
    doubled = 8 * d_model * width + 2 * bias * (3 * width + d_model)
    return doubled / 2
