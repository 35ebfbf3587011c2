# names:
# Two equations with two unknowns, solved in float64 by torch.
import torch


def explain_steps(first, second, group_size):
    steps = torch.tensor([first, second], dtype=torch.float64)
    left = torch.stack((torch.ones(2, dtype=torch.float64), steps[:, 0]), dim=1)
    start, per_byte = torch.linalg.solve(left, steps[:, 1]).tolist()
    if per_byte <= 0 or start < 0:
        raise ValueError(f"{first} and {second} contradict each other")
    size, seconds = steps[steps[:, 0].argmax()].tolist()
    return {
        "gain": seconds / (start + per_byte * size / group_size),
        "memory_from": start / per_byte,
        "start": start,
        "bandwidth": per_byte**-1,
    }
