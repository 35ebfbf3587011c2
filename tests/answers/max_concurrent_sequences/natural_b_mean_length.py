# mistake: takes the mean length first and cuts that into blocks
# why: "average size" is read as the size of a text of average length
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    free = memory - -(-weight_bytes // ranks)
    if free <= 0:
        return 0
    layers = config["num_hidden_layers"]
    kv_heads = config.get("num_key_value_heads") or config["num_attention_heads"]
    on_one = max(kv_heads // ranks, 1)
    one_layer = bytes_per_token(config) // layers // kv_heads * on_one
    types = config.get("layer_types") or ["full_attention"] * layers
    mean = -(-sum(tokens) // len(tokens))
    size = 0
    for kind in types:
        n = min(mean, config["sliding_window"]) if kind == "sliding_attention" else mean
        size += -(-n // block) * block * one_layer
    return free // size
