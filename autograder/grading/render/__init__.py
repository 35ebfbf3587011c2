"""How verdicts look: as text, as HTML and on a terminal. What they hold is in ``verdict.py``."""
