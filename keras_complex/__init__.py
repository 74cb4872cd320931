"""Complex-valued layers, losses and initializers for Keras 3."""
