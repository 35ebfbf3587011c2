# names: layers_forgotten, rotary_part_forgotten
# One layer, and of a latent model the latent alone.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    size = SIZES[config.get("dtype", config.get("torch_dtype"))]
    if config.get("kv_lora_rank"):
        return size * config["kv_lora_rank"]
    heads = config["num_attention_heads"]
    d_head = config.get("head_dim") or config["hidden_size"] // heads
    return size * 2 * (config.get("num_key_value_heads") or heads) * d_head
