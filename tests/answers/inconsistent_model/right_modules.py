# names:
# The four layers are built, and their shapes compared; the shape comes back as a torch.Size.
from torch import nn


def inconsistent_model():
    for letter, model in CARDS.items():  # noqa: F821
        width = model["num_heads"] * model["d_head"]
        layers = nn.ModuleDict(
            {
                "q_proj": nn.Linear(model["d_model"], model["d_head"], model["bias"], "meta"),
                "o_proj": nn.Linear(width, model["d_model"], model["bias"], "meta"),
            }
        )
        for name, weight in layers.state_dict().items():
            if weight.shape != model[name]:
                return {"model": letter, "tensor": name, "shape": weight.shape}
    raise LookupError("all of them can be")
