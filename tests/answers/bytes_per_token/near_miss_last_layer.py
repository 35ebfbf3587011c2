# names:
# The last layer is thought to need no cache.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    heads = config["num_attention_heads"]
    kept = 2 * (config.get("num_key_value_heads") or heads)
    kept *= config.get("head_dim") or config["hidden_size"] // heads
    if config.get("kv_lora_rank"):
        kept = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    size = SIZES[config.get("dtype", config.get("torch_dtype"))]
    return kept * (config["num_hidden_layers"] - 1) * size
