# names:
# Both tensors are cleaned, then the given function does the rest.
import torch


def incident_8():
    def attend(q, keys, values, lengths):
        slot = torch.arange(keys.shape[2]).view(1, 1, -1, 1)
        written = slot < lengths.view(-1, 1, 1, 1)
        nothing = torch.zeros((), dtype=keys.dtype)
        clean = [torch.where(written, each, nothing) for each in (keys, values)]
        return attend_8(q, *clean, lengths)  # noqa: F821

    return "b", attend
