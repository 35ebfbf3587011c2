# names: query_heads_for_kv_heads, latent_kept_twice
# All query heads, and the latent twice.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    heads = config["num_attention_heads"]
    if config.get("kv_lora_rank"):
        kept = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    else:
        kept = heads * (config.get("head_dim") or config["hidden_size"] // heads)
    return (
        2
        * kept
        * config["num_hidden_layers"]
        * SIZES[config.get("dtype", config.get("torch_dtype"))]
    )
