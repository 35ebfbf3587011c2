# names:
# Only labelled rows are taken out, then one comparison.
import torch


def dependency_accuracy(weights, head_index):
    weights = weights.reshape(-1, *weights.shape[-3:])
    head_index = head_index.reshape(len(weights), -1)
    sentence, row = torch.nonzero(head_index != -1, as_tuple=True)
    heads = head_index[sentence, row]
    if len(heads) == 0:
        return torch.zeros_like(weights[0, :, 0, 0]), 0.0
    found = weights[sentence, :, row].max(dim=-1).indices  # (labelled, H)
    accuracy = (found == heads[:, None]).to(weights.dtype).mean(dim=0)
    steps = heads - row
    best = max(int((steps == step).sum()) for step in set(steps.tolist()))
    return accuracy, best / len(heads)
