# names: constant_factor
# Queries are thought to be kept beside keys and values.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    heads = config["num_attention_heads"]
    d_head = config.get("head_dim") or config["hidden_size"] // heads
    kept = (heads + 2 * (config.get("num_key_value_heads") or heads)) * d_head
    if config.get("kv_lora_rank"):
        kept = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    return (
        kept * config["num_hidden_layers"] * SIZES[config.get("dtype", config.get("torch_dtype"))]
    )
