# names:
# An assigned lambda over operator.truediv, names of the arguments kept.
from operator import truediv

arithmetic_intensity = lambda flops, bytes_moved: float(truediv(flops, bytes_moved))  # noqa: E731
