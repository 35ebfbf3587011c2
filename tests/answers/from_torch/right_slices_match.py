# names:
# Two cells; an IntEnum for the blocks, match over the names of the module's own state_dict.
import enum


class Block(enum.IntEnum):
    q_proj = 0
    k_proj = 1
    v_proj = 2

    def rows(self, tensor):
        third = len(tensor) // len(Block)
        return tensor[self * third : (self + 1) * third].clone()


# %%
def from_torch(mha):
    """Weights of a ``MultiHeadAttention`` that equals PyTorch's module."""
    ours = {}
    for name, tensor in mha.state_dict().items():
        match name.replace("in_proj_", "in_proj.").split("."):
            case ["in_proj", kind]:
                for block in Block:
                    ours[f"{block.name}.{kind}"] = block.rows(tensor)
            case ["out_proj", kind]:
                ours[f"o_proj.{kind}"] = tensor.clone()
    return ours
