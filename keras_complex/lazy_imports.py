"""Packages whose import is cheap, and whose classes Keras knows all the same."""

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Makes `__getattr__` and `__dir__` of a package that imports what is asked for.

    Args:
        package: Name of the package.
        modules: For each public name, the module that defines it; a name that is a
            module's own stands for the module.

    Reference:

    - [PEP 562, Module __getattr__ and __dir__](https://peps.python.org/pep-0562/)
    """

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: Any = importlib.import_module(modules[name])
        if modules[name] != f"{package}.{name}":
            value = getattr(value, name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return get, names


def import_with_keras(package: str, modules: Sequence[str]) -> None:
    """Imports modules once Keras is imported, so that it can load what they define.

    That is at once if Keras is imported already. Otherwise it is at the end of the
    `import` that brings Keras, be it of Keras itself or of a module of `package` or
    of this one that needs it, none of which is then half imported. A program that
    never imports Keras does without it.

    Args:
        package: That the modules are of.
        modules: Modules whose classes are registered with Keras.
    """
    if "keras" in sys.modules and not _watch.depth:
        _import_all(modules)
        return
    _watch.packages |= {package, __package__}
    _watch.modules += modules
    if _watch not in sys.meta_path:
        sys.meta_path.insert(0, _watch)


class _Watch(MetaPathFinder):
    """Finds nothing by itself, and sees the end of every import that can bring Keras.

    Attributes:
        packages: Whose modules may import Keras while they are imported.
        modules: What is to be imported with Keras.
        depth: How many imports that are watched have begun and not ended.
    """

    def __init__(self) -> None:
        self.packages: set[str] = set()
        self.modules: list[str] = []
        self.depth = 0

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != "keras" and fullname.partition(".")[0] not in self.packages:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                return self._watched(spec)
        return None

    def _watched(self, spec: ModuleSpec) -> ModuleSpec:
        loader = spec.loader
        if loader is None or not hasattr(loader, "exec_module"):
            return spec
        execute = loader.exec_module

        def execute_and_see(module: ModuleType) -> None:
            self.depth += 1
            try:
                execute(module)
            finally:
                self.depth -= 1
            if not self.depth and "keras" in sys.modules:
                self._end()

        # The loader stays what it is to all who look at it; it is of this module only.
        loader.exec_module = execute_and_see  # type: ignore[method-assign]
        return spec

    def _end(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        modules, self.modules = self.modules, []
        _import_all(modules)


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)


_watch = _Watch()
