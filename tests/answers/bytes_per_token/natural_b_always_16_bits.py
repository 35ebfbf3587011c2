# mistake: two bytes for each number, whatever the dtype
# why: "Real shapes, in 16 bits" in the lesson, and all five examples are 16 bits wide
def bytes_per_token(config):
    layers = config["num_hidden_layers"]
    rank = config.get("kv_lora_rank")
    if rank is not None:
        return layers * (rank + config["qk_rope_head_dim"]) * 2
    heads = config["num_attention_heads"]
    kv = config.get("num_key_value_heads")
    if kv is None:
        kv = heads
    dim = config.get("head_dim")
    if dim is None:
        dim = config["hidden_size"] // heads
    return 2 * layers * kv * dim * 2
