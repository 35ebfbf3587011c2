"""Checks of unit 08: stopwatch, roofline, start and reading, Pareto front, an experiment.

Seconds are never graded. Counts are compared with the theory; summaries with their own samples;
conclusions with the learner's own table. All checks of an exercise stand in one module, in the
order in which they are run.
"""

from . import conclusions, experiment, measuring, pareto, results, roofline, steps

__all__ = ["measuring", "roofline", "steps", "pareto", "experiment", "results", "conclusions"]
