"""All models on the same mixtures, after the same time of training."""
