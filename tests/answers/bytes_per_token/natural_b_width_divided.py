# mistake: always takes hidden_size / heads for the width of a head, also where the file says head_dim
# why: that is how d_head was computed in every earlier unit
SIZES = {"float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1}


def bytes_per_token(config):
    size = SIZES[config.get("torch_dtype") or config.get("dtype")]
    layers = config["num_hidden_layers"]
    if config.get("kv_lora_rank") is not None:
        return layers * (config["kv_lora_rank"] + config["qk_rope_head_dim"]) * size
    heads = config["num_attention_heads"]
    kv_heads = config.get("num_key_value_heads") or heads
    d_head = config["hidden_size"] // heads
    return 2 * layers * kv_heads * d_head * size
