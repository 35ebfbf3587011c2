# names:
# Missing entries are met by exceptions.
def look(config, *names):
    for name in names:
        try:
            if config[name] is not None:
                return config[name]
        except KeyError:
            continue
    raise KeyError(names)


def bytes_per_token(config):
    heads = look(config, "num_attention_heads")
    try:
        each = look(config, "kv_lora_rank") + look(config, "qk_rope_head_dim")
    except KeyError:
        try:
            d_head = look(config, "head_dim")
        except KeyError:
            d_head = divmod(look(config, "hidden_size"), heads)[0]
        each = 2 * d_head * look(config, "num_key_value_heads", "num_attention_heads")
    name = look(config, "torch_dtype", "dtype")
    size = 4 if name == "float32" else 1 if "8" in name else 2
    return look(config, "num_hidden_layers") * each * size
