"""Checks of unit 08: a stopwatch, the roofline, the Pareto front, and an experiment.

Seconds are never graded. Counts are compared with the theory; summaries with their own samples;
conclusions with the learner's own table. All checks of an exercise stand in one module, in the
order in which they are run.
"""

from . import conclusions, experiment, measuring, pareto, results, roofline

__all__ = ["measuring", "roofline", "pareto", "experiment", "results", "conclusions"]
