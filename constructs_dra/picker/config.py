"""The configuration of an endpoint picker as records: plugins once, where they are used, and the rest follows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems, SpecError
from constructs_dra.manifest import to_yaml
from constructs_dra.picker.conversion import converted
from constructs_dra.picker.judging import Judgement, judge_config
from constructs_dra.picker.plugin import Named, Plugin
from constructs_dra.picker.versions import DEFAULT_ROUTER
from constructs_dra.records import valid
from constructs_dra.records.record import Record
from constructs_dra.records.values import copied

__all__ = ["DataSource", "EndpointPickerConfig", "FlowControl", "PriorityBand"]


def _plugin(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Named | str):
        valid.wrong(problems, path, value, "a plugin, or the name of one", "write Plugin(…), or a record of constructs_dra.picker.plugins")


def _profiles(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of names to lists of plugins")
        return
    for name, plugins in value.items():
        for place, item in valid.items_of(plugins, f"{path}[{name!r}]", problems, "plugins"):
            _plugin(item, place, problems)


def _plugins(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "plugins"):
        if not isinstance(item, Named):
            valid.wrong(problems, place, item, "a plugin")


_ONE: Final = valid.optional(valid.custom(_plugin))


@frozen(kw_only=True, eq=False, repr=False)
class PriorityBand(Record):
    """Requests of one priority, and how they wait.

    Attributes:
        priority: Their priority. Default 0.
        max_bytes: Most bytes that wait. Default: the picker's own, 1 GB.
        max_requests: Most requests that wait. Default: the picker's own.
        fairness: How those who ask take turns. Default: one after the other.
        ordering: Which request of one asker is next. Default: the first that came.
    """

    priority: int = field(default=0, metadata=valid.integer(-(2**31)))
    max_bytes: str | int | None = field(default=None, metadata=valid.optional(valid.quantity()))
    max_requests: str | int | None = field(default=None, metadata=valid.optional(valid.quantity()))
    fairness: Named | str | None = field(default=None, metadata=_ONE)
    ordering: Named | str | None = field(default=None, metadata=_ONE)

    def written(self) -> dict[str, Any]:
        """In the API's spelling."""
        values = {
            "priority": self.priority,
            "maxBytes": self.max_bytes,
            "maxRequests": self.max_requests,
            "fairnessPolicyRef": _reference(self.fairness),
            "orderingPolicyRef": _reference(self.ordering),
        }
        return {name: value for name, value in values.items() if value is not None}


@frozen(kw_only=True, eq=False, repr=False)
class FlowControl(Record):
    """How requests wait where the servers are full.

    Attributes:
        max_bytes: Most bytes that wait. Default: no limit.
        max_requests: Most requests that wait. Default: no limit.
        default_request_ttl: Longest wait, e.g. `60s`. Default: the picker's own.
        bands: Priorities with settings of their own. Default: none.
        default_band: Settings of every other priority. Default: the picker's own.
        usage_limit: How much of the servers each priority may use. Default: all.
    """

    max_bytes: str | int | None = field(default=None, metadata=valid.optional(valid.quantity()))
    max_requests: str | int | None = field(default=None, metadata=valid.optional(valid.quantity()))
    default_request_ttl: str | None = field(default=None, metadata=valid.optional(valid.text()))
    bands: Sequence[PriorityBand] = field(default=(), metadata=valid.instances(PriorityBand))
    default_band: PriorityBand | None = field(default=None, metadata=valid.optional(valid.instance(PriorityBand)))
    usage_limit: Named | str | None = field(default=None, metadata=_ONE)

    def plugins(self) -> Iterator[Named | str | None]:
        """The plugins it refers to."""
        for band in (*self.bands, *([self.default_band] if self.default_band else [])):
            yield from (band.fairness, band.ordering)
        yield self.usage_limit

    def written(self) -> dict[str, Any]:
        """In the API's spelling."""
        values: dict[str, Any] = {
            "maxBytes": self.max_bytes,
            "maxRequests": self.max_requests,
            "defaultRequestTTL": self.default_request_ttl,
            "defaultPriorityBand": self.default_band.written() if self.default_band else None,
            "priorityBands": [band.written() for band in self.bands] or None,
            "usageLimitPolicyPluginRef": _reference(self.usage_limit),
        }
        return {name: value for name, value in values.items() if value is not None}


@frozen(kw_only=True, eq=False, repr=False)
class DataSource(Record):
    """A source of data about endpoints, and what is read from it.

    Attributes:
        source: The source.
        extractors: What reads it. Default: none.
    """

    source: Named | str = field(metadata=valid.custom(_plugin))
    extractors: Sequence[Named] = field(default=(), metadata=valid.custom(_plugins))


def _reference(plugin: Named | str | None) -> str | None:
    return plugin.reference if isinstance(plugin, Named) else plugin


@frozen(kw_only=True, eq=False, repr=False)
class EndpointPickerConfig(Record):
    """The configuration of an endpoint picker.

    A plugin stands where it is used; the list of plugins, and references to them, follow. One that stands in two places is one plugin.

    Attributes:
        profiles: Plugins of each scheduling profile, by its name: filters and scorers in order, and a picker.
        plugins: Further plugins: handlers, producers, admitters. Default: none.
        feature_gates: Feature gates. Default: none; `flow_control` turns its own on.
        flow_control: How requests wait. Default: they do not.
        saturation_detector: When the servers are full. Default: the picker's own.
        parsers: What reads requests, in order. Default: the picker's own.
        sources: Sources of data about endpoints, beside the picker's own. Default: none.
        inject_defaults: Whether the picker adds its own source. Default True.
        discovery: What finds endpoints. Default: the pool.
    """

    profiles: Mapping[str, Sequence[Named | str]] = field(factory=dict, metadata=valid.custom(_profiles))
    plugins: Sequence[Named] = field(default=(), metadata=valid.custom(_plugins))
    feature_gates: Sequence[str] = field(default=(), metadata=valid.texts())
    flow_control: FlowControl | None = field(default=None, metadata=valid.optional(valid.instance(FlowControl)))
    saturation_detector: Named | str | None = field(default=None, metadata=_ONE)
    parsers: Sequence[Named | str] = field(default=())
    sources: Sequence[DataSource] = field(default=(), metadata=valid.instances(DataSource))
    inject_defaults: bool = field(default=True, metadata=valid.boolean())
    discovery: Named | str | None = field(default=None, metadata=_ONE)

    def cross_check(self, problems: Problems) -> None:
        """A name stands for one plugin."""
        seen: dict[str, dict[str, Any]] = {}
        for plugin in self._used():
            entry = plugin.entry()
            if seen.setdefault(plugin.reference, entry) != entry:
                problems.add("plugins", f"two plugins are named {plugin.reference!r}", "give one of them a name of its own")

    def _used(self) -> Iterator[Named]:
        used: list[Any] = [*self.plugins, *(plugin for plugins in self.profiles.values() for plugin in plugins)]
        if self.flow_control is not None:
            used += self.flow_control.plugins()
        used += [self.saturation_detector, *self.parsers, self.discovery]
        used += [plugin for each in self.sources for plugin in (each.source, *each.extractors)]
        return (plugin for plugin in used if isinstance(plugin, Named))

    def written(self) -> dict[str, Any]:
        """In the spelling of API version `llm-d.ai/v1`, without the header."""
        entries = {plugin.reference: plugin.entry() for plugin in self._used()}
        made: dict[str, Any] = {}
        gates = list(self.feature_gates)
        if self.flow_control is not None and not any(gate.partition("=")[0] == "flowControl" for gate in gates):
            gates.append("flowControl")
        if gates:
            made["featureGates"] = gates
        if entries:
            made["plugins"] = list(entries.values())
        if self.profiles:
            made["schedulingProfiles"] = [{"name": name, "plugins": [_listed(each) for each in plugins]} for name, plugins in self.profiles.items()]
        data = self._data()
        if data:
            made["dataLayer"] = data
        flow = self.flow_control.written() if self.flow_control is not None else {}
        if self.saturation_detector is not None:
            flow["saturationDetector"] = {"pluginRef": _reference(self.saturation_detector)}
        if flow:
            made["flowControl"] = flow
        if self.parsers:
            made["requestHandler"] = {"parsers": [{"pluginRef": _reference(each)} for each in self.parsers]}
        return made

    def _data(self) -> dict[str, Any]:
        made: dict[str, Any] = {} if self.inject_defaults else {"injectDefaults": False}
        if self.sources:
            made["sources"] = [
                {"pluginRef": _reference(each.source)}
                | ({"extractors": [{"pluginRef": one.reference} for one in each.extractors]} if each.extractors else {})
                for each in self.sources
            ]
        if self.discovery is not None:
            made["discovery"] = {"endpoints": {"pluginRef": _reference(self.discovery)}}
        return made

    def manifest(self, router: str = DEFAULT_ROUTER) -> dict[str, Any]:
        """The configuration as a version of the router reads it.

        Args:
            router: The version. Default: the newest release known.

        Raises:
            SpecError: That version cannot say something of it, or its loader refuses it.
        """
        made = self.spelt(router)
        judged = judge_config(made, version=router, flags=["--allow-experimental-plugins"])
        if errors := [each for each in judged.problems if each.severity == "error"]:
            raise SpecError(errors)
        return made

    def text(self, router: str = DEFAULT_ROUTER) -> str:
        """The same as YAML."""
        return to_yaml(self.manifest(router))

    def judge(self, router: str = DEFAULT_ROUTER, *, flags: Sequence[str] = ()) -> Judgement:
        """What a version's own loader makes of it."""
        return judge_config(self.spelt(router), version=router, flags=flags)

    def spelt(self, router: str = DEFAULT_ROUTER) -> dict[str, Any]:
        """The configuration in the spelling of a version of the router, whatever its loader says of it.

        Raises:
            SpecError: That version has no place for something of it.
        """
        return converted({"apiVersion": "llm-d.ai/v1", "kind": "EndpointPickerConfig", **self.written()}, router)

    @classmethod
    def read(cls, config: Mapping[str, Any], router: str = DEFAULT_ROUTER) -> "EndpointPickerConfig":
        """A configuration of any API version as records.

        Args:
            config: The configuration, in the API's own spelling.
            router: The version of the router it is for.

        Raises:
            SpecError: It does not decode, or says something this record has no field for.
        """
        judged = judge_config(config, version=router, flags=["--allow-experimental-plugins"])
        if wrong := [each.problem(judged.version) for each in judged.findings if each.stops and each.rank[0] == 1]:
            raise SpecError(wrong)
        value = converted(config, "newer")
        plugins = {each.get("name") or each.get("type"): _read(each) for each in value.get("plugins") or ()}
        flow, data = dict(value.get("flowControl") or {}), dict(value.get("dataLayer") or {})
        detector = (flow.pop("saturationDetector", None) or {}).get("pluginRef")
        discovery = ((data.pop("discovery", None) or {}).get("endpoints") or {}).get("pluginRef")
        sources = data.pop("sources", None) or []
        inject = data.pop("injectDefaults", True)
        handler = dict(value.get("requestHandler") or {})
        parsers = handler.pop("parsers", None) or []
        left = [*(f"flowControl.{name}" for name in flow if name not in _FLOW), *(f"dataLayer.{name}" for name in data)]
        left += [f"requestHandler.{name}" for name in handler]
        if left:
            raise SpecError(Problem(name, "has no field in this record", "keep the configuration as a mapping") for name in left)
        of = plugins.get
        return cls(
            profiles={
                each["name"]: [_weighted(of(one["pluginRef"]), one) for one in each.get("plugins") or ()]
                for each in value.get("schedulingProfiles") or ()
            },
            plugins=[each for each in plugins.values() if each is not None],
            feature_gates=[each for each in value.get("featureGates") or () if each != "flowControl" or not flow],
            flow_control=_flow(flow, plugins) if flow else None,
            saturation_detector=of(detector) or detector if detector else None,
            parsers=[of(each["pluginRef"]) or each["pluginRef"] for each in parsers],
            sources=[
                DataSource(
                    source=of(each["pluginRef"]) or each["pluginRef"],
                    extractors=[plugins[one["pluginRef"]] for one in each.get("extractors") or ()],
                )
                for each in sources
            ],
            inject_defaults=inject is not False,
            discovery=of(discovery) or discovery if discovery else None,
        )


_FLOW: Final = frozenset({"maxBytes", "maxRequests", "defaultRequestTTL", "defaultPriorityBand", "priorityBands", "usageLimitPolicyPluginRef"})


def _read(entry: Mapping[str, Any]) -> Plugin:
    return Plugin(entry["type"], name=entry.get("name"), parameters=dict(copied(entry.get("parameters") or {})))


def _weighted(plugin: Plugin | None, reference: Mapping[str, Any]) -> Named | str:
    if plugin is None:
        return str(reference["pluginRef"])
    return Plugin(plugin.type, name=plugin.name, weight=reference.get("weight"), parameters=plugin.parameters)


def _listed(plugin: Named | str) -> dict[str, Any]:
    """A plugin in a profile."""
    if isinstance(plugin, str):
        return {"pluginRef": plugin}
    return {"pluginRef": plugin.reference} | ({"weight": plugin.weight} if plugin.weight is not None else {})


def _flow(flow: Mapping[str, Any], plugins: Mapping[str, Plugin]) -> FlowControl:
    def named(name: str | None) -> Named | str | None:
        return plugins.get(name, name) if name is not None else None

    def band(value: Mapping[str, Any]) -> PriorityBand:
        return PriorityBand(
            priority=value.get("priority") or 0,
            max_bytes=value.get("maxBytes"),
            max_requests=value.get("maxRequests"),
            fairness=named(value.get("fairnessPolicyRef")),
            ordering=named(value.get("orderingPolicyRef")),
        )

    default = flow.get("defaultPriorityBand")
    return FlowControl(
        max_bytes=flow.get("maxBytes"),
        max_requests=flow.get("maxRequests"),
        default_request_ttl=flow.get("defaultRequestTTL"),
        bands=[band(each) for each in flow.get("priorityBands") or ()],
        default_band=band(default) if default else None,
        usage_limit=named(flow.get("usageLimitPolicyPluginRef")),
    )
