# names: heads_not_split
# Weights are split, KV heads are not.
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    layers = config["num_hidden_layers"]
    token = bytes_per_token(config) // layers  # noqa: F821
    total = 0
    for kind in config.get("layer_types") or ["full_attention"] * layers:
        for n in tokens:
            n = min(n, config["sliding_window"]) if kind == "sliding_attention" else n
            total += (n + block - 1) // block * block * token
    free = memory - (weight_bytes + ranks - 1) // ranks
    return max(free * len(tokens) // total, 0)
