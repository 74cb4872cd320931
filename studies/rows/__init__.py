"""Rows of tables: trainings in processes of their own, and what came out."""
