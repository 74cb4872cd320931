"""Programs that measure; a checkout has them, an installation does not."""
