"""Dense layers, products and the packed form."""
