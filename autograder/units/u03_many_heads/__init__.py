"""Unit 03: many heads."""
