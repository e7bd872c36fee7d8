"""Readings of a launch's arguments by one version, by either entry point, or by all versions; each is made once."""

from functools import lru_cache

from constructs_dra.engines.catalogue import Entry, alike, dialect, free_numbers, free_text
from constructs_dra.engines.launch import Launch
from constructs_dra.engines.models import model_facts
from constructs_dra.engines.reader import Reading, read
from constructs_dra.engines.shell import OPAQUE
from constructs_dra.engines.versions import columns, versions
from constructs_dra.lazy import lazy_pattern

__all__ = ["accepted", "either", "every", "newest", "one", "plain", "reading_of", "without_numbers"]


@lru_cache(maxsize=8192)
def one(texts: tuple[str, ...], version: str, entry: Entry) -> Reading:
    """The reading of one version and entry point."""
    return read(texts, dialect(version, entry))


@lru_cache(maxsize=4096)
def either(texts: tuple[str, ...], version: str) -> Reading:
    """For an image's own entry point: the one of the two that takes it, or is meant more likely."""
    served = one(texts, version, "serve")
    if not served.faults:
        return served
    return min(served, one(texts, version, "api_server"), key=_refused)


def _refused(reading: Reading) -> tuple[bool, int]:
    """How much a reading refuses: a model in the other entry point's place says which one is meant, whatever else is wrong."""
    return any(fault.kind == "model" for fault in reading.faults), len(reading.faults)


def reading_of(launch: Launch, version: str) -> Reading:
    """The arguments as one version reads them."""
    return one(launch.texts, version, launch.entry) if launch.entry else either(launch.texts, version)


def _is_known_model(name: str) -> bool:
    return model_facts(name) is not None


@lru_cache(maxsize=4096)
def _flag(text: str) -> tuple[str, str, str, bool]:
    """Name, equals sign and value of an argument, and whether the value decides about nothing."""
    name, equals, value = text.partition("=")
    return name, equals, value, name in free_text()


def plain(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Arguments with what decides about nothing left out: the same line for another model that nothing is known of is the same line."""
    made = list(texts)
    following = ""
    seen: set[str] = set()
    flags = 0
    for index, text in enumerate(texts):
        if text[:1] == "-":
            flags += 1
            name, equals, value, free = _flag(text) if len(text) < 200 else _flag.__wrapped__(text)
            following = name if free and not equals and name not in seen else ""
            if free and equals and value not in {"", "None"} and name not in seen and OPAQUE not in value:
                made[index] = text if name == "--model" and _is_known_model(value) else f"{name}=x"
            seen.add(name)
        elif (following or (index == 0 and len(text) > 1)) and text not in {"", "None"} and OPAQUE not in text and " " not in text:
            made[index] = text if following in {"", "--model"} and _is_known_model(text) else "x"
    # a flag that is given twice is shown as it was written
    return texts if len(seen) < flags else tuple(made)


_NUMBER = lazy_pattern(r"[1-9][0-9]{0,8}\Z")


def without_numbers(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Arguments for the parser alone, to which one whole number of a flag is as good as another."""
    free = free_numbers()
    made = list(texts)
    names = [text.partition("=")[0] for text in texts if text[:1] == "-"]
    if len(set(names)) < len(names):  # a flag that is given twice is shown as it was written
        return texts
    for index, text in enumerate(texts):
        name, equals, value = text.partition("=")
        if name in free and equals and _NUMBER.match(value):
            made[index] = f"{name}=1"
        elif index and texts[index - 1] in free and _NUMBER.match(text):
            made[index] = "1"
    return tuple(made)


@lru_cache(maxsize=1024)
def every(texts: tuple[str, ...], entry: Entry | None) -> dict[str, Reading]:
    """The reading of every version; those that read alike are asked once."""
    made: dict[str, Reading] = {}
    for which in (entry,) if entry else ("serve", "api_server"):
        for group in alike(texts, which, versions()).values():
            reading = read(texts, dialect(group[0], which))
            for version in group:
                if version not in made or _refused(reading) < _refused(made[version]):
                    made[version] = reading
    return {version: made[version] for version in versions()}


def accepted(launch: Launch) -> tuple[int, ...]:
    """The versions, by number, whose parser takes the command line."""
    readings = every(without_numbers(plain(launch.texts)), launch.entry)
    return tuple(index for version, index in columns().items() if not readings[version].faults)


def newest(launch: Launch) -> str:
    """The newest version whose parser takes the command line; where none does, the newest."""
    last = versions()[-1]
    texts = plain(launch.texts)
    reading = one(texts, last, launch.entry) if launch.entry else either(texts, last)
    if not reading.faults:  # the usual case, in which no other version is asked
        return last
    taking = accepted(launch)
    return versions()[taking[-1]] if taking else last
