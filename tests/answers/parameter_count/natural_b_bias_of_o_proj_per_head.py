# mistake: counts o_proj's bias once for each head
# why: counts everything of one head, output part included, and multiplies by the number of heads
def parameter_count(d_model, num_heads, d_head, bias=True):
    one_head = 3 * d_model * d_head + d_head * d_model
    if bias:
        one_head += 3 * d_head + d_model
    return num_heads * one_head
