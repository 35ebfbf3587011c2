# names:
# A loop over the queries: each sees a beginning of the keys.
import torch


def incident_2():
    def attend(q, k, v):
        rows = []
        for i in range(q.shape[-2]):
            end = k.shape[-2] - q.shape[-2] + i + 1
            scores = q[..., i : i + 1, :] @ k[..., :end, :].transpose(-2, -1) / q.shape[-1] ** 0.5
            rows.append(scores.softmax(-1) @ v[..., :end, :])
        return torch.cat(rows, dim=-2)

    return "a", attend
