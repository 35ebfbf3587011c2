# mistake: an entry that is there and None is used as if it were a number: a TypeError
# why: get with a default seems to handle both "missing" and None
def bytes_per_token(config):
    dtype = config.get("torch_dtype", config.get("dtype"))
    size = {"float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1}[dtype]
    if "kv_lora_rank" in config:
        numbers = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    else:
        heads = config["num_attention_heads"]
        kv_heads = config.get("num_key_value_heads", heads)
        head_dim = config.get("head_dim", config["hidden_size"] // heads)
        numbers = 2 * kv_heads * head_dim
    return config["num_hidden_layers"] * numbers * size
