"""Making what learners get: exercise notebooks, executed lessons, real models."""
