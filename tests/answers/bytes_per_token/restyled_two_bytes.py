# names: one_size_only
# Every value is taken to have 16 bits.
def bytes_per_token(config):
    if config.get("kv_lora_rank"):
        return (
            2 * config["num_hidden_layers"] * (config["kv_lora_rank"] + config["qk_rope_head_dim"])
        )
    heads = config["num_attention_heads"]
    d_head = config.get("head_dim") or config["hidden_size"] // heads
    return (
        2 * config["num_hidden_layers"] * 2 * (config.get("num_key_value_heads") or heads) * d_head
    )
