# names: not_mended
# The keys are cleaned.
import torch


def incident_8():
    def attend(q, keys, values, lengths):
        keys = torch.where(keys.isfinite(), keys, torch.zeros_like(keys))
        return attend_8(q, keys, values, lengths)  # noqa: F821

    return "b", attend
