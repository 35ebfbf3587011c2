# names: window_in_all_layers
# The window limits every layer if there is one.
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    kv = config.get("num_key_value_heads") or config["num_attention_heads"]
    here = 1 if ranks > kv else kv // ranks
    window = config.get("sliding_window") or max(tokens)
    blocks = sum(-(-min(n, window) // block) for n in tokens)
    total = blocks * block * (bytes_per_token(config) // kv) * here  # noqa: F821
    free = memory - (weight_bytes + ranks - 1) // ranks
    return max(free * len(tokens) // total, 0)
