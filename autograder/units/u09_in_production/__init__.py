"""Unit 09: in production."""
