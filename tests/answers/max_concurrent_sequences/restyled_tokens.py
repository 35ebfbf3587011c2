# names: blocks_forgotten
# Tokens, not blocks.
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    layers = config["num_hidden_layers"]
    kv = config.get("num_key_value_heads") or config["num_attention_heads"]
    token = bytes_per_token(config) // layers // kv * max(kv // ranks, 1)  # noqa: F821
    kept = 0
    for kind in config.get("layer_types") or ["full_attention"] * layers:
        for n in tokens:
            kept += min(n, config["sliding_window"]) if kind == "sliding_attention" else n
    free = memory - (weight_bytes + ranks - 1) // ranks
    return max(free * len(tokens) // (kept * token), 0)
