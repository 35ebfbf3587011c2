# mistake: the exponent is -i / d_head instead of -2 i / d_head, so all pairs but the first turn too fast
# why: i counts pairs, but the student thinks of i as the place in the vector, where the 2 is already in
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    if d_head % 2:
        raise ValueError("d_head must be even")
    work = torch.promote_types(x.dtype, torch.float32)
    i = torch.arange(d_head // 2, dtype=work, device=x.device)
    speeds = base ** (-i / d_head)
    angles = positions.to(work)[:, None] * speeds
    first, second = x.to(work).chunk(2, dim=-1)
    turned = torch.cat(
        (
            first * angles.cos() - second * angles.sin(),
            first * angles.sin() + second * angles.cos(),
        ),
        dim=-1,
    )
    return turned.to(x.dtype)
