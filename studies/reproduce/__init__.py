"""Trains and scores the rows of the paper's tables, and writes what came out."""
