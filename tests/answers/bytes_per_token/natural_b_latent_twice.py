# mistake: counts the latent vector twice, as key and as value
# why: "2 for keys and values" stands at the end of the formula, for all kinds of attention
def bytes_per_token(config):
    dtype = config.get("dtype") or config.get("torch_dtype")
    if dtype == "float32":
        size = 4
    elif dtype == "float8_e4m3fn":
        size = 1
    else:
        size = 2
    if config.get("kv_lora_rank"):
        width = config["kv_lora_rank"] + config["qk_rope_head_dim"]
        kv_heads = 1
    else:
        width = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
        kv_heads = config.get("num_key_value_heads") or config["num_attention_heads"]
    return config["num_hidden_layers"] * kv_heads * width * size * 2
