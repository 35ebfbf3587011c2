# names: ranks_serve_one_each
# Each GPU is thought to serve users of its own.
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    layers = config["num_hidden_layers"]
    kv = config.get("num_key_value_heads") or config["num_attention_heads"]
    token = bytes_per_token(config) // layers // kv * max(kv // ranks, 1)  # noqa: F821
    total = 0
    for kind in config.get("layer_types") or ["full_attention"] * layers:
        for n in tokens:
            n = min(n, config["sliding_window"]) if kind == "sliding_attention" else n
            total += (n + block - 1) // block * block * token
    free = memory - (weight_bytes + ranks - 1) // ranks
    on_one = max(free * len(tokens) // total, 0)
    return sum(on_one for _ in range(ranks))
