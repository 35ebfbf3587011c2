# names:
# The parameters of a layer norm are counted as well.
def parameter_count(d_model, num_heads, d_head, bias=True):
    w = num_heads * d_head
    projections = 4 * d_model * w + (3 * w + d_model if bias else 0)
    return projections + 2 * d_model
