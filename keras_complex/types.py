"""Types that the signatures of the package share."""

from typing import Any, TypeAlias

import keras

Tensor: TypeAlias = Any
Shape: TypeAlias = tuple[int | None, ...]
InitializerLike: TypeAlias = str | keras.initializers.Initializer
RegularizerLike: TypeAlias = str | keras.regularizers.Regularizer | None
