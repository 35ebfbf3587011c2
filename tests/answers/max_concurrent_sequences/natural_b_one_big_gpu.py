# mistake: adds up the memory of all GPUs, as if heads that are copied took no room
# why: "split evenly" makes several GPUs look like a big one
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    free = memory * ranks - weight_bytes
    if free < 0:
        return 0
    layers = config["num_hidden_layers"]
    per_token = bytes_per_token(config) // layers
    types = config.get("layer_types") or ["full_attention"] * layers
    used = 0
    for n in tokens:
        for t in types:
            m = n
            if t == "sliding_attention":
                m = min(n, config["sliding_window"])
            used += -(-m // block) * block * per_token
    return free * len(tokens) // used
