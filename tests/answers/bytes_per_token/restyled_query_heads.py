# names: query_heads_for_kv_heads
# Keys of all query heads are thought to be kept.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    if config.get("kv_lora_rank") is not None:
        kept = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    else:
        width = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
        kept = 2 * width * config["num_attention_heads"]
    return (
        kept * config["num_hidden_layers"] * SIZES[config.get("dtype", config.get("torch_dtype"))]
    )
