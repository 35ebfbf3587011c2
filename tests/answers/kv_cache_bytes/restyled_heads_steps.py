# names: heads_forgotten
# A key and a value, but of one head.
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    one_vector = d_head * bytes_per_value
    one_token = 2 * one_vector
    one_sequence = one_token * tokens
    one_layer = one_sequence * batch
    return num_layers * one_layer
