"""Write what follows from the vendors' files: the index of the catalogue, the types of the constructs, and the public names.

Run it after a change in `constructs_dra/drivers/`: `python tools/write_vendors.py`. A test holds that it would change nothing.
"""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from constructs_dra.catalogue.config import OpaqueConfig, Part
from constructs_dra.catalogue.fields import Devices
from constructs_dra.catalogue.model import Driver
from constructs_dra.claims.request import Request
from constructs_dra.records.record import Record

ROOT = Path(__file__).resolve().parents[1] / "constructs_dra"
_FIRST = (
    *("intel", "nvidia", "amd", "google", "aws", "rebellions", "furiosa", "hami", "hygon", "tenstorrent", "ibm"),
    *("dranet", "sriov", "ovsdpdk", "node", "example", "experimental"),
)
"""The order in which the catalogue is shown; vendors that are not named here come after these."""

_MADE = re.compile(r"from (constructs_dra)?\.(drivers\.\w+|(constructs\.)?vendors) import")
"""A line of a stub that is made here."""


def written() -> dict[Path, str]:
    """Every file that is made, and its content."""
    vendors = _vendors()
    requests = {request.__name__: (vendor, request) for vendor, module in vendors.items() for request in _requests(module)}
    records = {record.__name__: vendor for vendor, module in vendors.items() for record in _records(module)}
    constructs = [f"{name}Claim" for name in requests]
    return {
        ROOT / "catalogue" / "index.py": _index(vendors),
        ROOT / "constructs" / "vendors.pyi": _constructs(requests),
        ROOT / "constructs" / "__init__.pyi": _stub(ROOT / "constructs" / "__init__.pyi", dict.fromkeys(constructs, ".vendors")),
        ROOT / "claims" / "__init__.pyi": _stub(
            ROOT / "claims" / "__init__.pyi", {name: f"constructs_dra.drivers.{vendor}" for name, vendor in records.items()}
        ),
        ROOT / "__init__.pyi": _stub(
            ROOT / "__init__.pyi",
            {name: f".drivers.{vendor}" for name, vendor in records.items()} | dict.fromkeys(constructs, ".constructs.vendors"),
        ),
    }


def _vendors() -> dict[str, Any]:
    """The modules with drivers or requests, in the order of the catalogue."""
    names = {file.stem for file in (ROOT / "drivers").glob("[!_]*.py")}
    ordered = [*(name for name in _FIRST if name in names), *sorted(names - {*_FIRST})]
    modules = {name: import_module(f"constructs_dra.drivers.{name}") for name in ordered}
    return {name: module for name, module in modules.items() if _drivers(module) or _requests(module)}


def _drivers(module: Any) -> list[Driver]:
    return [value.__driver__ for value in vars(module).values() if isinstance(value, Devices)]


def _records(module: Any) -> list[type[Record]]:
    """Its records, configuration aside, which is reached through the module (`nvidia.GpuConfig`)."""
    own = (value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == module.__name__)
    return [value for value in own if issubclass(value, Record) and not issubclass(value, OpaqueConfig | Part)]


def _requests(module: Any) -> list[type[Request]]:
    return [value for value in _records(module) if issubclass(value, Request)]


def _index(vendors: dict[str, Any]) -> str:
    names: dict[str, list[str]] = {}
    classes: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
    for vendor, module in vendors.items():
        for driver in _drivers(module):
            for name in filter(None, (driver.name, driver.id)):
                names.setdefault(name, []).append(vendor)
            for published in driver.classes:
                classes[published.literal].setdefault(published.name, []).append(vendor)
    tables = (
        ("NAMES", names, "By name and by short name of a driver."),
        ("CLASSES", classes[True], "By name of a DeviceClass that drivers ship."),
        ("OTHER_CLASSES", classes[False], "By name of a DeviceClass that others make."),
    )
    made = "\n".join(f'{name}: Final[_Index] = {{\n{_lines(_entries(table))}}}\n"""{words}"""\n' for name, table, words in tables)
    return (
        '"""Which vendor\'s file has which driver and DeviceClass, so that one name costs one file. Written by `tools/write_vendors.py`."""\n\n'
        "from typing import Final, TypeAlias\n\n"
        '__all__ = ["CLASSES", "NAMES", "OTHER_CLASSES", "VENDORS"]\n\n'
        "_Index: TypeAlias = dict[str, tuple[str, ...]]\n\n"
        f'VENDORS: Final = (\n{_lines(map(_quoted, vendors))})\n"""The files, in the order the catalogue is shown."""\n\n'
        f"{made}"
    )


def _lines(entries: Iterable[str]) -> str:
    return "".join(f"    {entry},\n" for entry in entries)


def _quoted(text: str) -> str:
    return f'"{text}"'


def _entries(table: dict[str, list[str]]) -> Iterator[str]:
    for name, vendors in table.items():
        listed = list(dict.fromkeys(vendors))
        yield f"{_quoted(name)}: ({', '.join(map(_quoted, listed))}{',' if len(listed) == 1 else ''})"


def _stub(file: Path, names: dict[str, str]) -> str:
    """The lines of a stub, with the made ones in place of those that were there."""
    lines = [line for line in file.read_text().splitlines() if line and not _MADE.match(line)]
    lines += [f"from {home} import {name} as {name}" for name, home in names.items()]
    parts = ("\n".join(sorted((line for line in lines if line.startswith("from .") is near), key=_place)) for near in (False, True))
    return "\n\n".join(filter(None, parts)) + "\n"


def _place(line: str) -> tuple[Any, ...]:
    """Where ruff wants a line."""
    _from, home, _import, name, *_rest = line.split()
    return (home.casefold(), not name.isupper(), not name[0].isupper(), name.casefold())


def _constructs(requests: dict[str, tuple[str, type[Request]]]) -> str:
    classes = [_construct(vendor, request) for vendor, request in requests.values()]
    vendors = sorted({vendor for vendor, _request in requests.values() if any(f"{vendor}." in each for each in classes)})
    uses = [name for name in ("AllocationMode", "Iterable", "Literal", "Mapping", "Any") if any(re.search(rf"\b{name}\b", each) for each in classes)]
    homes = {"Iterable": "collections.abc", "Mapping": "collections.abc", "Literal": "typing", "Any": "typing"}
    imports = {home: sorted(name for name in uses if homes.get(name) == home) for home in ("collections.abc", "typing")}
    imports["typing"] = sorted([*imports["typing"], "Unpack"])
    lines = [f"from {home} import {', '.join(names)}" for home, names in imports.items() if names]
    lines += ["", "from constructs import Construct", ""]
    lines += ["from constructs_dra.claims import AllocationMode"] * ("AllocationMode" in uses)
    lines += ["from constructs_dra.constructs.claims import RequestClaim, RequestFields", f"from constructs_dra.drivers import {', '.join(vendors)}"]
    return "# Written by tools/write_vendors.py from constructs_dra/drivers/.\n\n" + "\n".join(lines) + "\n\n" + "\n".join(classes)


def _construct(vendor: str, request: type[Request]) -> str:
    """A construct as editors and type checkers see it: the fields of the request that every request does not have."""
    module = import_module(request.__module__)
    fields = list(_fields(request))
    words = _words(request)
    shared = set(import_module("constructs_dra.constructs.claims").RequestFields.__annotations__)
    shared |= {"name", "device"}
    given = [(name, _qualified(annotation, vendor, module), default) for name, annotation, default in fields if name not in shared]
    arguments = "".join(f"        {name}: {annotation} = {default},\n" for name, annotation, default in given)
    documented = "".join(f"            {name}: {words[name]}\n" for name, _annotation, _default in given)
    return (
        f'class {request.__name__}Claim(RequestClaim):\n    """A claim with one request `{request.__name__}`."""\n\n'
        "    def __init__(\n        self,\n        scope: Construct,\n        id: str,\n"
        f"        *,\n{arguments}        **fields: Unpack[RequestFields],\n    ) -> None:\n"
        '        """Put the claim into a chart.\n\n        Args:\n            scope: A chart, or a construct in one.\n'
        "            id: Name of the construct in its scope, and of the claim in the pods that use it.\n"
        f"{documented}            fields: See `RequestFields` and `ClaimFields`.\n"
        '        """\n'
    )


def _fields(request: type[Request]) -> Iterator[tuple[str, str, str]]:
    """Name, annotation and default of each field a request adds, as its file has them."""
    (tree,) = (node for node in ast.walk(ast.parse(inspect.getsource(request))) if isinstance(node, ast.ClassDef))
    for line in tree.body:
        if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
            continue
        given = {word.arg: word.value for word in line.value.keywords} if isinstance(line.value, ast.Call) else {}
        converter = given.get("converter")
        annotation = _taken(request, converter.id) if isinstance(converter, ast.Name) else ast.unparse(line.annotation)
        yield line.target.id, annotation, ast.unparse(given["default"]).replace("'", '"') if "default" in given else "..."


def _taken(request: type[Request], converter: str) -> str:
    """What a converter takes."""
    signature = inspect.signature(getattr(import_module(request.__module__), converter))
    return str(next(iter(signature.parameters.values())).annotation)


def _qualified(annotation: str, vendor: str, module: Any) -> str:
    """An annotation outside of the vendor's file."""
    own = {name for name in re.findall(r"\b[A-Za-z_]\w*", annotation) if name in module.__all__}
    for name in own:
        annotation = re.sub(rf"\b{name}\b", f"{vendor}.{name}", annotation)
    return annotation


def _words(request: type[Request]) -> dict[str, str]:
    """What the docstring says of each field; a sentence may run over lines."""
    text = inspect.cleandoc(request.__doc__ or "").partition("Attributes:\n")[2]
    joined = re.sub(r"\n {8,}", " ", text)
    return dict(line.strip().split(": ", 1) for line in joined.splitlines() if ": " in line)


def main() -> None:
    """Write the files, and name those that changed."""
    for file, text in written().items():
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            print(f"wrote {file.relative_to(ROOT.parent)}")


if __name__ == "__main__":
    main()
