# mistake: always counts 2 bytes per value
# why: follows the lesson's calculation for Llama-2-70B, where the 2 stands at the end
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    # 2 (key and value) x layers x KV heads x numbers x 2 bytes
    per_token = 2 * num_layers * num_kv_heads * d_head * 2
    return per_token * tokens * batch
