# mistake: rounds the average size down before it divides, which lets in a sequence too many now and then
# why: no floats are allowed, so each division becomes //
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    layers = config["num_hidden_layers"]
    kv_heads = config.get("num_key_value_heads") or config["num_attention_heads"]
    here = max(1, kv_heads // ranks)
    per_layer = bytes_per_token(config) * here // (layers * kv_heads)
    kinds = config.get("layer_types") or ["full_attention"] * layers
    blocks = 0
    for n in tokens:
        for kind in kinds:
            kept = min(n, config["sliding_window"]) if kind == "sliding_attention" else n
            blocks += (kept + block - 1) // block
    average = blocks // len(tokens)
    room = memory - (weight_bytes + ranks - 1) // ranks
    return max(0, room // (average * block * per_layer))
