"""Complex-valued layers, losses, metrics and initializers for Keras 3.

Keras is imported with the first of them that is used. Whoever imports Keras, before
or after, can load what consists of them: they are registered then.
"""

from typing import TYPE_CHECKING

from keras_complex.lazy_imports import import_with_keras, lazy_names

__all__ = ["activations", "initializers", "layers", "losses", "metrics", "ops"]

if TYPE_CHECKING:
    from keras_complex import activations, initializers, layers, losses, metrics, ops
    from keras_complex.version import __version__ as __version__
else:
    _modules = {name: f"{__name__}.{name}" for name in __all__}
    __getattr__, __dir__ = lazy_names(
        __name__, {**_modules, "__version__": "keras_complex.version"}
    )
    import_with_keras(__name__, list(_modules.values()))
