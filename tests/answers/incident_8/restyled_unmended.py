# names: not_mended
# A large negative number in place of minus infinity.
import torch


def incident_8():
    def attend(q, keys, values, lengths):
        late = torch.arange(keys.shape[2]) >= lengths[:, None, None, None]
        scores = (q @ keys.mT / q.shape[-1] ** 0.5).masked_fill(late, -torch.inf)
        return torch.softmax(scores, dim=-1) @ values

    return "b", attend
