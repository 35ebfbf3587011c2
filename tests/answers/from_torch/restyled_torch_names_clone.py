# names: torch_names
# A copy of PyTorch's state_dict as it is.
def from_torch(mha):
    return {name: tensor.detach().clone() for name, tensor in mha.state_dict().items()}
