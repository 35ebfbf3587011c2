"""Misconceptions of ``bytes_per_token``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import returns

_SIZES = 'sizes = {"float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1}'
_SIZE = 'size = sizes[config.get("torch_dtype") or config.get("dtype")]'
_LATENT = 'if config.get("kv_lora_rank") is not None:'
_LATENTS = 'values = config["kv_lora_rank"] + config["qk_rope_head_dim"]'
_KV_HEADS = 'kv_heads = config.get("num_key_value_heads") or heads'
_D_HEAD = 'd_head = config.get("head_dim") or config["hidden_size"] // heads'
_VALUES = "values = 2 * kv_heads * d_head"
_RETURN = 'return config["num_hidden_layers"] * values * size'
_HEADS, _WIDTH = "counts_heads", "takes_head_dim"
_MISSING, _LATENT_CHECK, _DTYPE = "copes_with_what_is_missing", "counts_latents", "reads_the_dtype"

misconception(
    "keys_or_values_only", bytes_per_token=edit(_VALUES, "values = kv_heads * d_head", fails=_HEADS)
)
misconception(
    "layers_forgotten", bytes_per_token=edit(_RETURN, "return values * size", fails=_HEADS)
)
misconception("heads_forgotten", bytes_per_token=edit(_VALUES, "values = 2 * d_head", fails=_HEADS))
misconception(
    "query_heads_for_kv_heads", bytes_per_token=edit(_KV_HEADS, "kv_heads = heads", fails=_HEADS)
)
misconception(
    "d_head_from_d_model",
    bytes_per_token=edit(_D_HEAD, 'd_head = config["hidden_size"] // heads', fails=_WIDTH),
)
misconception(
    "width_over_kv_heads",
    says="the width of a head is taken to be hidden_size over the KV heads",
    asks="q_proj makes all query heads side by side. Into how many heads is hidden_size cut?",
    bytes_per_token=edit(
        _D_HEAD,
        'd_head = config.get("head_dim") or config["hidden_size"] // kv_heads',
        fails=_HEADS,
    ),
)
misconception(
    "width_of_the_model",
    bytes_per_token=edit(_VALUES, 'values = 2 * config["hidden_size"]', fails=_HEADS),
)
misconception(
    "one_kv_head_where_none_is_named",
    says="a file without num_key_value_heads is taken for one with a single KV head",
    asks="Llama-2-7B's file did not name them. Was it MQA?",
    bytes_per_token=edit(
        _KV_HEADS, 'kv_heads = config.get("num_key_value_heads") or 1', fails=_MISSING
    ),
)
misconception(
    "one_size_only",
    bytes_per_token=[edit(_SIZE, f"size = {size}", fails=_DTYPE) for size in (2, 4)],
)
misconception(
    "bits_for_bytes",
    bytes_per_token=edit(
        _SIZES,
        'sizes = {"float32": 32, "float16": 16, "bfloat16": 16, "float8_e4m3fn": 8}',
        fails=_HEADS,
    ),
)
misconception(
    "latent_kept_per_head",
    says="latent attention is counted as if each head kept its own latent",
    asks="Why is it called latent? From what are the keys of all heads made?",
    bytes_per_token=[
        edit(_LATENTS, f"values = {how}", fails=_LATENT_CHECK)
        for how in (
            'heads * (config["kv_lora_rank"] + config["qk_rope_head_dim"])',
            'config["kv_lora_rank"] + heads * config["qk_rope_head_dim"]',
        )
    ],
)
misconception(
    "latent_kept_twice",
    says="latent attention is counted with a factor 2, for keys and for values",
    asks="Keys and values are made from one vector. How often must it be kept?",
    bytes_per_token=[
        edit(_LATENTS, f"values = {how}", fails=_LATENT_CHECK)
        for how in (
            '2 * (config["kv_lora_rank"] + config["qk_rope_head_dim"])',
            '2 * config["kv_lora_rank"] + config["qk_rope_head_dim"]',
        )
    ],
)
misconception(
    "rotary_part_forgotten",
    says="of latent attention the rotary part is forgotten",
    asks="Which second vector does the task name?",
    bytes_per_token=edit(_LATENTS, 'values = config["kv_lora_rank"]', fails=_LATENT_CHECK),
)
misconception(
    "latents_ignored",
    says="a model with latent attention is counted as if it kept keys and values of its heads",
    asks="What does the file say that others do not? What does such a layer keep?",
    bytes_per_token=edit(_LATENT, "if False:", fails=_LATENT_CHECK),
)
misconception("float_result", bytes_per_token=returns("output * 1.0", _HEADS))
misconception(
    "in_larger_units",
    bytes_per_token=[returns("output / 1024", _HEADS), returns("output // 1024", _HEADS)],
)
misconception(
    "counted_in_floats",
    bytes_per_token=edit(
        _RETURN, 'return int(float(config["num_hidden_layers"] * values * size))', fails=_HEADS
    ),
)
