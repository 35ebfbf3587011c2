# names: latent_kept_twice
# The factor 2 stands at the end, for both kinds of models.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    heads = config["num_attention_heads"]
    if config.get("kv_lora_rank") is None:
        kv = config.get("num_key_value_heads") or heads
        width = kv * (config.get("head_dim") or config["hidden_size"] // heads)
    else:
        width = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    size = SIZES[config.get("dtype", config.get("torch_dtype"))]
    return width * config["num_hidden_layers"] * size * 2
