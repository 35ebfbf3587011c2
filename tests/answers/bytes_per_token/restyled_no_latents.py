# names: latents_ignored
# Latent attention is never asked for.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    heads = config["num_attention_heads"]
    kv = config.get("num_key_value_heads")
    if kv is None:
        kv = heads
    d_head = config.get("head_dim")
    if d_head is None:
        d_head = config["hidden_size"] // heads
    total = 0
    for _ in range(config["num_hidden_layers"]):
        total += 2 * kv * d_head
    return total * SIZES[config.get("dtype", config.get("torch_dtype"))]
