# names:
# A line through two points, fitted by the standard library.
import statistics


def explain_steps(first, second, group_size):
    sizes, seconds = zip(*sorted((first, second)), strict=True)
    line = statistics.linear_regression(sizes, seconds)
    if line.slope <= 0 or line.intercept < 0:
        raise ValueError("no line with a start and a bandwidth")
    most = max(sizes)
    with_groups = line.intercept + line.slope * most / group_size
    return dict(
        bandwidth=1 / line.slope,
        start=line.intercept,
        memory_from=line.intercept / line.slope,
        gain=max(seconds) / with_groups,
    )
