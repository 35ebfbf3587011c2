# names:
# Structural pattern matching on the file.
def bytes_per_token(config):
    match config:
        case {"kv_lora_rank": int(rank), "qk_rope_head_dim": rotary}:
            values = rank + rotary
        case {"num_key_value_heads": int(kv_heads), "head_dim": int(d_head)}:
            values = 2 * kv_heads * d_head
        case {"num_attention_heads": kv_heads, "head_dim": int(d_head)}:
            values = 2 * kv_heads * d_head
        case {"num_key_value_heads": int(kv_heads), "hidden_size": wide}:
            values = 2 * kv_heads * (wide // config["num_attention_heads"])
        case {"num_attention_heads": heads, "hidden_size": wide}:
            values = 2 * heads * (wide // heads)
    match config.get("torch_dtype", config.get("dtype")):
        case "float32":
            size = 4
        case "float16" | "bfloat16":
            size = 2
        case _:
            size = 1
    return values * size * config["num_hidden_layers"]
