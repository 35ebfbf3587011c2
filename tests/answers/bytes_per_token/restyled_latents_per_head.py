# names: latent_kept_per_head
# The latent vector is multiplied by the KV heads, which the file names.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    heads = config["num_attention_heads"]
    kv = config.get("num_key_value_heads") or heads
    d_head = config.get("head_dim") or config["hidden_size"] // heads
    width = 2 * kv * d_head
    if config.get("kv_lora_rank") is not None:
        width = sum(config["kv_lora_rank"] + config["qk_rope_head_dim"] for _ in range(heads))
    return (
        width * config["num_hidden_layers"] * SIZES[config.get("dtype", config.get("torch_dtype"))]
    )
