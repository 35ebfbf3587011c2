# names:
# Small helpers, and a dataclass for one GPU.
from dataclasses import dataclass


def up(number, by):
    return (number + by - 1) // by


@dataclass
class Gpu:
    config: dict
    ranks: int
    block: int

    def token(self):
        heads = self.config.get("num_key_value_heads")
        if heads is None:
            heads = self.config["num_attention_heads"]
        here = heads // self.ranks if heads >= self.ranks else 1
        return bytes_per_token(self.config) * here // (heads * self.config["num_hidden_layers"])  # noqa: F821

    def sequence(self, length):
        blocks = 0
        for i in range(self.config["num_hidden_layers"]):
            types = self.config.get("layer_types")
            if types is not None and types[i] == "sliding_attention":
                blocks += up(min(self.config["sliding_window"], length), self.block)
            else:
                blocks += up(length, self.block)
        return blocks * self.block * self.token()


def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    gpu = Gpu(config, ranks, block)
    room = memory - up(weight_bytes, ranks)
    if room <= 0:
        return 0
    return room * len(tokens) // sum(map(gpu.sequence, tokens))
