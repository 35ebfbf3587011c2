# names: keys_or_values_only, d_head_from_d_model
# Keys only, of a width that nobody looked up.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    heads = config["num_attention_heads"]
    kept = (config.get("num_key_value_heads") or heads) * (config["hidden_size"] // heads)
    if config.get("kv_lora_rank"):
        kept = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    return (
        kept * config["num_hidden_layers"] * SIZES[config.get("dtype", config.get("torch_dtype"))]
    )
