"""The owner's code in a bundle, as modules: run from the bytes whose hash was verified.

It never runs from a compiled copy beside it. What it imports of its package is the bundle's too, and the
working tree's modules of the same names stay apart.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from lockstep.core.owner_code import imported_modules, owner_errors


@dataclass(frozen=True)
class BundledCode:
    """Code of a bundle: its main module and that module's file, and all its modules by import name."""

    file: Path
    main: ModuleType
    modules: dict[str, ModuleType]


@contextmanager
def installed(modules: dict[str, ModuleType]) -> Iterator[None]:
    """Put the bundle's modules in the place of the working tree's while its code runs."""
    packages = {name.split(".")[0] for name in modules}

    def loaded_modules() -> dict[str, ModuleType]:
        # Of a copy: another thread may import meanwhile.
        loaded = sys.modules.copy().items()
        return {name: module for name, module in loaded if name.split(".")[0] in packages}

    before = loaded_modules() if packages else {}
    for name in before:
        del sys.modules[name]
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in loaded_modules() if packages else ():
            del sys.modules[name]
        sys.modules.update(before)


def empty_packages(package: str) -> dict[str, ModuleType]:
    """Return a package and its parents, by name, without a path: only the bundle's modules are there."""
    parts, packages = package.split("."), dict[str, ModuleType]()
    for depth in range(1, len(parts) + 1):
        name = ".".join(parts[:depth])
        packages[name] = ModuleType(name)
        packages[name].__path__ = []
        if depth > 1:
            setattr(packages[".".join(parts[: depth - 1])], parts[depth - 1], packages[name])
    return packages


def import_bundled(
    folder: Path, read_file: Callable[[str], bytes | None], package: str, prefix: str, name: str
) -> BundledCode:
    """Import code of a verified bundle. Raises DataError that names the line of an error in it.

    Parameters
    ----------
    folder : Path
        The bundle.
    read_file : callable
        Returns the verified bytes of a file of the bundle, or None where it has no such file.
    package : str
        Which the code was a part of: recipes, or components.models.
    prefix : str
        Of its files in the bundle: PREFIX.py is the main one.
    name : str
        Of the main module.
    """
    modules = empty_packages(package)

    def import_file(name: str, file: str, source: bytes) -> ModuleType:
        path = folder / file
        with owner_errors(path, "import", str(folder)):
            for other in imported_modules(source, package):
                other_file = f"{prefix}_{other}.py"
                if f"{package}.{other}" not in modules:
                    other_source = read_file(other_file)
                    if other_source is not None:
                        import_file(other, other_file, other_source)
            spec = spec_from_file_location(f"{package}.{name}", path)
            assert isinstance(spec, ModuleSpec)
            module = module_from_spec(spec)
            modules[spec.name] = sys.modules[spec.name] = module
            setattr(modules[package], name, module)
            exec(compile(source, str(path), "exec"), module.__dict__)
        return module

    with installed(modules):
        file = f"{prefix}.py"
        main = import_file(name, file, read_file(file) or b"")
    return BundledCode(folder / file, main, modules)
