# mistake: counts the biases of queries, keys and values for one head only
# why: a nn.Linear(d_model, d_head) has d_head biases, and the number of heads is forgotten here
def parameter_count(d_model, num_heads, d_head, bias=True):
    qkv_weights = 3 * num_heads * d_head * d_model
    o_weights = num_heads * d_head * d_model
    biases = 3 * d_head + d_model
    return int(qkv_weights + o_weights + (biases if bias else 0))
