# mistake: returns GiB as a float, not bytes as an int
# why: the tables of the lesson are in GiB, and bytes are unreadable
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    total = 2 * num_layers * num_kv_heads * d_head * tokens * batch * bytes_per_value
    return total / 2**30
