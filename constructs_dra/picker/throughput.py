"""How fast one server works off prompts, as the picker's configuration says it."""

from functools import lru_cache

from constructs_dra import yaml as reading
from constructs_dra.kubernetes.shapes import at, sequence

__all__ = ["peak_throughput"]


@lru_cache(maxsize=256)
def peak_throughput(config: str) -> float | None:
    """The `peakPrefillThroughput` of a configuration, in tokens a second; None where no plugin says one, or two say different ones.

    Args:
        config: The text of the configuration.
    """
    documents, _ = reading.load_documents(config, "config")
    plugins = (plugin for document in documents for plugin in sequence(at(document.value, "plugins")))
    said = {value for plugin in plugins if (value := at(plugin, "parameters", "peakPrefillThroughput")) is not None}
    found = said.pop() if len(said) == 1 else None
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None
