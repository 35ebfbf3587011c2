# names:
# Sequences are counted up by doubling and bisection until they no longer fit.
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    layers = config["num_hidden_layers"]
    kv = config.get("num_key_value_heads") or config["num_attention_heads"]
    head = bytes_per_token(config) // (layers * kv)  # noqa: F821
    here = [h for h in range(kv) if h * ranks // kv == 0] or [0]
    types = config.get("layer_types") or ["full_attention"] * layers
    total = 0
    for length in tokens:
        for each in types:
            left = min(length, config["sliding_window"]) if each.startswith("sliding") else length
            while left > 0:
                total += block * head * len(here)
                left -= block
    room = memory - (weight_bytes + ranks - 1) // ranks

    def fits(n):
        return n * total <= room * len(tokens)

    if not fits(1):
        return 0
    low, high = 1, 2
    while fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
