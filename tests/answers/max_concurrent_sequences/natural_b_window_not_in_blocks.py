# mistake: cuts off at the window after rounding up to blocks, so a window that is no multiple of a block takes half a block
# why: "keeps at most sliding_window tokens" is applied last, as an upper limit
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    layers = config["num_hidden_layers"]
    kv_heads = config.get("num_key_value_heads") or config["num_attention_heads"]
    own = max(kv_heads // ranks, 1)
    unit = bytes_per_token(config) // (layers * kv_heads) * own
    types = config.get("layer_types")
    total = 0
    for n in tokens:
        whole = (n + block - 1) // block * block
        for layer in range(layers):
            if types and types[layer] == "sliding_attention":
                total += min(whole, config["sliding_window"])
            else:
                total += whole
    room = memory - (weight_bytes + ranks - 1) // ranks
    if room <= 0:
        return 0
    return room * len(tokens) // (total * unit)
