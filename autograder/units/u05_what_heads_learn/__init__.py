"""Unit 05: what heads learn."""
