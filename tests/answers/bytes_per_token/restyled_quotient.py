# names: d_head_from_d_model
# The width of a head is always the quotient.
SIZES = dict(float32=4, float16=2, bfloat16=2, float8_e4m3fn=1)


def bytes_per_token(config):
    heads = config["num_attention_heads"]
    kv = config.get("num_key_value_heads")
    kv = heads if kv is None else kv
    per_layer = kv * (config["hidden_size"] // heads) * 2
    if config.get("kv_lora_rank") is not None:
        per_layer = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    return (
        per_layer
        * config["num_hidden_layers"]
        * SIZES[config.get("dtype", config.get("torch_dtype"))]
    )
