# names:
# PyTorch knows how many bytes a dtype has; layers are added up one by one.
import torch

DTYPES = [torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn]


def bytes_per_token(config):
    file = {name: value for name, value in config.items() if value is not None}
    wanted = file.get("torch_dtype", file.get("dtype"))
    size = next(each.itemsize for each in DTYPES if str(each) == f"torch.{wanted}")
    if "kv_lora_rank" in file:
        per_layer = [file["kv_lora_rank"], file["qk_rope_head_dim"]]
    else:
        kv_heads = file.get("num_key_value_heads", file["num_attention_heads"])
        d_head = file.get("head_dim", file["hidden_size"] // file["num_attention_heads"])
        per_layer = [kv_heads * d_head] * 2
    return sum(sum(per_layer) * size for _ in range(file["num_hidden_layers"]))
