# mistake: counts four biases of width num_heads * d_head, though that of o_proj is d_model wide
# why: four matrices of the same size, so surely four biases of the same size
def parameter_count(d_model, num_heads, d_head, bias=True):
    width = num_heads * d_head
    per_projection = d_model * width
    if bias:
        per_projection += width
    return 4 * per_projection
