# names: keys_or_values_only
# One tensor for each layer.
def bytes_per_token(config):
    size = {"float32": 4, "float8_e4m3fn": 1}.get(config.get("torch_dtype", config.get("dtype")), 2)
    layers = config["num_hidden_layers"]
    if config.get("kv_lora_rank"):
        return layers * size * (config["kv_lora_rank"] + config["qk_rope_head_dim"])
    heads = config["num_attention_heads"]
    width = config.get("head_dim")
    if width is None:
        width = config["hidden_size"] // heads
    stored = config.get("num_key_value_heads")
    stored = heads if stored is None else stored
    return layers * size * stored * width
