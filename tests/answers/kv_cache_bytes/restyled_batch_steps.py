# names: batch_forgotten
# From one sequence straight to the layers.
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    one_vector = d_head * bytes_per_value
    one_token = 2 * num_kv_heads * one_vector
    one_sequence = one_token * tokens
    return num_layers * one_sequence
