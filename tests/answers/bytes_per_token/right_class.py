# names:
# A small class around the file, with properties.
class Model:
    def __init__(self, file):
        self.file = file

    def entry(self, name, otherwise=None):
        value = self.file.get(name)
        return otherwise if value is None else value

    @property
    def values(self):
        rank = self.entry("kv_lora_rank")
        if rank is not None:
            return rank + self.entry("qk_rope_head_dim")
        heads = self.entry("num_attention_heads")
        width = self.entry("head_dim", self.entry("hidden_size") // heads)
        return width * self.entry("num_key_value_heads", heads) * 2


def bytes_per_token(config):
    model = Model(config)
    dtype = model.entry("torch_dtype", model.entry("dtype"))
    bits = {"float32": 32, "float8_e4m3fn": 8}.get(dtype, 16)
    return model.values * model.entry("num_hidden_layers") * bits // 8
