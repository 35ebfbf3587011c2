# mistake: writes 2 bytes for each number and ignores bytes_per_value
# why: typed the product of the Llama-2-70B example, whose last factor is 2
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    # key and value x layers x KV heads x numbers x bytes
    return 2 * num_layers * num_kv_heads * d_head * 2 * tokens * batch
