"""Objects that cluster administrators make: device classes, and rules that taint devices. Neither has a namespace."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.catalogue.fields import Devices
from constructs_dra.catalogue.model import Driver
from constructs_dra.claims.request import Where, stored, where_tuple
from constructs_dra.claims.selectors import selector_problems
from constructs_dra.claims.spoken import judged
from constructs_dra.errors import Problems, shown
from constructs_dra.expressions.build import Expression
from constructs_dra.expressions.terms import device
from constructs_dra.kubernetes.dra.fields import EFFECTS, driver_name
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, kubernetes_names
from constructs_dra.records.places import Places
from constructs_dra.records.record import Record
from constructs_dra.records.sequence import as_tuple

__all__ = ["DeviceClass", "DeviceTaintRule"]


def _check_device(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Devices | Driver | str):
        problems.add(path, f"must name a driver, not {shown(value)}", "give a namespace of the catalogue (intel.gpu), a Driver or its name")
    elif isinstance(value, str):
        driver_name(value, path, Rules(problems=problems))


def _check_driver(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Devices | str):
        problems.add(path, f"must name a driver, not {shown(value)}", "give a namespace of the catalogue (intel.gpu) or a name")


def _check_configs(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "configurations"):
        if not isinstance(item, OpaqueConfig):
            problems.add(place, f"must be a record that knows its driver, not {shown(item)}", "use RawConfig(driver, {…})")


def _words() -> valid.Metadata:
    return valid.mapping(valid.text(empty=True), "strings")


def _configs(value: OpaqueConfig | Iterable[OpaqueConfig]) -> tuple[OpaqueConfig, ...]:
    return as_tuple(value)


@frozen(eq=False, repr=False)
class DeviceClass(Record):
    """Devices under a name that requests can ask for.

    Its selectors see the devices of all drivers. So the driver is tested first, and nothing else is read of other drivers' devices.

    Attributes:
        name: Its name.
        device: The driver: a namespace of the catalogue (`intel.gpu`), a `Driver`, or its name.
        where: What its devices must match besides.
        config: Configuration every claim of the class gets. What a claim says itself comes after it; DRANET takes the first, others the last.
        extended_resource_name: Name under which pods can ask for its devices in `resources.limits`, e.g. `intel.com/gpu` (gate
            DRAExtendedResource). Also without it, `deviceclass.resource.kubernetes.io/<name>` works.
        labels: Labels of the object.
        annotations: Annotations of the object.
    """

    SORTED: ClassVar = True

    name: str = field(metadata=valid.text(empty=True))
    device: Devices | Driver | str = field(metadata=valid.custom(_check_device))
    where: tuple[Where, ...] = field(
        default=(), converter=where_tuple, kw_only=True, eq=lambda value: tuple(map(repr, value)), metadata=valid.anything()
    )
    config: tuple[OpaqueConfig, ...] = field(default=(), converter=_configs, kw_only=True, metadata=valid.custom(_check_configs))
    extended_resource_name: str = field(default="", kw_only=True, metadata=kubernetes("extendedResourceName", valid.text(empty=True)))
    labels: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=_words())
    annotations: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=_words())

    def cross_check(self, problems: Problems) -> None:
        """Kubernetes' rules, which are about the manifest, and whether selectors and configuration are for the driver of the class."""
        known = self.driver
        for index, condition in enumerate(self.where):
            problems.extend(selector_problems(condition, known), under=f"where[{index}]" if len(self.where) > 1 else "where")
        configs = [(index, item) for index, item in enumerate(self.config) if isinstance(item, OpaqueConfig)]
        for index, entry in configs:
            if entry.driver != self._driver_name:
                fault = f"is for {entry.driver}, but the devices are of {self._driver_name}: nobody would read it"
                problems.add(f"config[{index}]", fault)
        places = Places({**kubernetes_names(DeviceClass), "metadata": ""})
        for key in ("labels", "annotations"):
            places.add(f"metadata.{key}", key, "keys")
        places.add("metadata", "")
        places.add("spec", "")
        places.add("spec.selectors", "device")
        for index, (original, _) in enumerate(configs):
            for part in ("", ".opaque", ".opaque.driver"):
                places.add(f"spec.config[{index}]{part}", f"config[{original}]")
            places.add(f"spec.config[{index}].opaque.parameters", f"config[{original}]", "same")
        problems.extend(map(places.reported, judged(self._manifest([item for _, item in configs], ()))))

    def title(self) -> str:
        """What to call it in an error."""
        return f"{type(self).__name__} {shown(self.name)}"

    @property
    def driver(self) -> Driver | None:
        """What is known about the driver; None when only its name was given and the catalogue does not have it."""
        from constructs_dra.catalogue.registry import driver  # noqa: PLC0415  (the catalogue loads only for names)

        if isinstance(self.device, Devices):
            return self.device.__driver__
        return self.device if isinstance(self.device, Driver) else driver(self.device) if isinstance(self.device, str) else None

    @property
    def _driver_name(self) -> str:
        if isinstance(self.device, Devices):
            return self.device.__driver__.name
        return self.device.name if isinstance(self.device, Driver) else self.device if isinstance(self.device, str) else ""

    @property
    def implicit_resource_name(self) -> str:
        """The extended resource that every class has, named after it or not."""
        return f"deviceclass.resource.kubernetes.io/{self.name}"

    def manifest(self) -> Manifest:
        """The DeviceClass."""
        built: Expression = device.driver == self._driver_name
        texts: list[str] = []
        for condition in self.where:
            if isinstance(condition, str):
                texts.append(condition)
            else:
                built &= condition
        return self._manifest(self.config, (str(built), *texts))

    def _manifest(self, config: Iterable[OpaqueConfig], selectors: Iterable[str]) -> Manifest:
        spec: Manifest = {"selectors": [{"cel": {"expression": text}} for text in selectors]}
        if configs := [{"opaque": {"driver": entry.driver, "parameters": stored(entry.parameters())}} for entry in config]:
            spec["config"] = configs
        if self.extended_resource_name:
            spec["extendedResourceName"] = self.extended_resource_name
        metadata = _metadata(self.name, self.labels, self.annotations)
        return {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": metadata, "spec": spec}


@frozen(eq=False, repr=False)
class DeviceTaintRule(Record):
    """Taints devices from outside their driver, e.g. to take a broken one out of service (feature gate DRADeviceTaintRules).

    Attributes:
        name: Its name.
        key: Key of the taint, e.g. `example.com/broken`.
        effect: `NoSchedule` blocks new allocations, `NoExecute` also evicts pods, `None` informs.
        value: Value of the taint; default none.
        driver: Only devices of this driver: a namespace of the catalogue or its name. Empty for all.
        pool: Only devices of this pool, for most drivers the node's name. Empty for all.
        device: Only the device of this name. Empty for all.
        labels: Labels of the object.
        annotations: Annotations of the object.
    """

    SORTED: ClassVar = True

    name: str = field(metadata=valid.text(empty=True))
    key: str = field(kw_only=True, metadata=valid.text(empty=True))
    effect: Literal["NoSchedule", "NoExecute", "None"] = field(kw_only=True, metadata=valid.choice(*EFFECTS))
    value: str = field(default="", kw_only=True, metadata=valid.text(empty=True))
    driver: Devices | str = field(default="", kw_only=True, metadata=valid.custom(_check_driver))
    pool: str = field(default="", kw_only=True, metadata=valid.text(empty=True))
    device: str = field(default="", kw_only=True, metadata=valid.text(empty=True))
    labels: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=_words())
    annotations: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=_words())

    def cross_check(self, problems: Problems) -> None:
        """Kubernetes' rules, which are about the manifest."""
        places = Places({})
        for key in ("labels", "annotations"):
            places.add(f"metadata.{key}", key, "keys")
        for part in ("metadata", "spec", "spec.taint", "spec.deviceSelector"):
            places.add(part, "")
        problems.extend(map(places.reported, judged(self.manifest())))

    def title(self) -> str:
        """What to call it in an error."""
        return f"{type(self).__name__} {shown(self.name)}"

    @property
    def _driver_name(self) -> str:
        return self.driver.__driver__.name if isinstance(self.driver, Devices) else self.driver

    def manifest(self, *, kubernetes: str | KubernetesVersion = DEFAULT_VERSION) -> Manifest:
        """The DeviceTaintRule, in the API version that this Kubernetes version serves: v1alpha3, v1beta2 in 1.36, v1 from 1.37 on."""
        version = KubernetesVersion.parse(kubernetes)
        served = "v1" if version >= KubernetesVersion.parse("1.37") else "v1beta2" if version >= KubernetesVersion.parse("1.36") else "v1alpha3"
        chosen = {"driver": self._driver_name, "pool": self.pool, "device": self.device}
        selector = {name: text for name, text in chosen.items() if text}
        taint: Manifest = {"key": self.key, **({"value": self.value} if self.value else {}), "effect": self.effect}
        return {
            "apiVersion": f"resource.k8s.io/{served}",
            "kind": "DeviceTaintRule",
            "metadata": _metadata(self.name, self.labels, self.annotations),
            "spec": {**({"deviceSelector": selector} if selector else {}), "taint": taint},
        }


def _metadata(name: object, labels: object, annotations: object) -> Manifest:
    metadata: Manifest = {"name": name}
    for key, entries in (("labels", labels), ("annotations", annotations)):
        if entries:
            metadata[key] = dict(entries) if isinstance(entries, Mapping) else entries
    return metadata
