# names: output_cleaned
# NaN becomes 0 at the end.
import torch


def incident_8():
    def attend(q, keys, values, lengths):
        out = attend_8(q, keys, values, lengths)  # noqa: F821
        return torch.where(out.isnan(), torch.zeros_like(out), out)

    return "b", attend
