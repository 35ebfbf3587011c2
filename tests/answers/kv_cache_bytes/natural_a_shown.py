# mistake: prints the number and returns None
# why: a printed result looks like an answer in a notebook
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    per_token = 2 * num_layers * num_kv_heads * d_head * bytes_per_value
    total = per_token * tokens * batch
    print(total)
