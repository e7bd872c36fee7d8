"""Objects that cluster administrators make: device classes, and rules that taint devices. Neither has a namespace."""

from collections.abc import Iterable, Mapping
from typing import Literal

from attrs import field, frozen

from constructs_dra.claims.check import check_text, metadata_problems
from constructs_dra.claims.request import Where, as_tuple, where_tuple
from constructs_dra.claims.selectors import selector_problems
from constructs_dra.drivers.config import OpaqueConfig
from constructs_dra.drivers.fields import Devices
from constructs_dra.drivers.model import Driver
from constructs_dra.errors import Problems, did_you_mean, shown
from constructs_dra.expressions.build import Expression
from constructs_dra.expressions.terms import device
from constructs_dra.kubernetes.dra.classes import extended_resource_problem
from constructs_dra.lexical.names import dns_label_problem, dns_subdomain_problem, label_key_problem, label_value_problem
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.manifest import Manifest

__all__ = ["DeviceClass", "DeviceTaintRule"]

_EFFECTS = ("NoSchedule", "NoExecute", "None")


def _pool_problem(text: str) -> str:
    return next(filter(None, map(dns_subdomain_problem, text.split("/"))), "")


def _configs(value: OpaqueConfig | Iterable[OpaqueConfig]) -> tuple[OpaqueConfig, ...]:
    return as_tuple(value)


@frozen
class DeviceClass:
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

    name: str
    device: Devices | Driver | str
    where: tuple[Where, ...] = field(default=(), converter=where_tuple, kw_only=True, eq=lambda value: tuple(map(repr, value)))
    config: tuple[OpaqueConfig, ...] = field(default=(), converter=_configs, kw_only=True)
    extended_resource_name: str = field(default="", kw_only=True)
    labels: Mapping[str, str] = field(factory=dict, kw_only=True)
    annotations: Mapping[str, str] = field(factory=dict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        found = Problems()
        check_text(self.name, "name", dns_subdomain_problem, found)
        check_text(self._driver_name, "device", dns_subdomain_problem, found)
        known = self.driver if isinstance(self._driver_name, str) else None
        for index, condition in enumerate(self.where):
            found.extend(selector_problems(condition, known), under=f"where[{index}]" if len(self.where) > 1 else "where")
        for index, entry in enumerate(self.config):
            if not isinstance(entry, OpaqueConfig):
                found.add(f"config[{index}]", f"must be a record that knows its driver, got {shown(entry)}", "use RawConfig(driver, {…})")
            elif entry.driver != self._driver_name:
                found.add(f"config[{index}]", f"is for {entry.driver}, but the devices are of {self._driver_name}: nobody would read it")
        if not isinstance(self.extended_resource_name, str) or self.extended_resource_name:
            check_text(self.extended_resource_name, "extended_resource_name", extended_resource_problem, found)
        found.extend(metadata_problems(self.labels, self.annotations))
        found.raise_errors(f"{type(self).__name__} {shown(self.name)}")

    @property
    def driver(self) -> Driver | None:
        """What is known about the driver; None when only its name was given and the catalogue does not have it."""
        from constructs_dra.drivers import driver  # noqa: PLC0415  (the catalogue loads only for names)

        if isinstance(self.device, Devices):
            return self.device.__driver__
        return self.device if isinstance(self.device, Driver) else driver(self.device)

    @property
    def _driver_name(self) -> str:
        if isinstance(self.device, Devices):
            return self.device.__driver__.name
        return self.device.name if isinstance(self.device, Driver) else self.device

    @property
    def implicit_resource_name(self) -> str:
        """The extended resource that every class has, named after it or not."""
        return f"deviceclass.resource.kubernetes.io/{self.name}"

    def manifest(self) -> Manifest:
        """The DeviceClass."""
        own = device.driver == self._driver_name
        built: Expression = own
        texts: list[str] = []
        for condition in self.where:
            if isinstance(condition, str):
                texts.append(condition)
            else:
                built &= condition
        spec: Manifest = {"selectors": [{"cel": {"expression": text}} for text in (str(built), *texts)]}
        if self.config:
            spec["config"] = [{"opaque": {"driver": entry.driver, "parameters": entry.parameters()}} for entry in self.config]
        if self.extended_resource_name:
            spec["extendedResourceName"] = self.extended_resource_name
        metadata = _metadata(self.name, self.labels, self.annotations)
        return {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": metadata, "spec": spec}


@frozen
class DeviceTaintRule:
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

    name: str
    key: str = field(kw_only=True)
    effect: Literal["NoSchedule", "NoExecute", "None"] = field(kw_only=True)
    value: str = field(default="", kw_only=True)
    driver: Devices | str = field(default="", kw_only=True)
    pool: str = field(default="", kw_only=True)
    device: str = field(default="", kw_only=True)
    labels: Mapping[str, str] = field(factory=dict, kw_only=True)
    annotations: Mapping[str, str] = field(factory=dict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        found = Problems()
        check_text(self.name, "name", dns_subdomain_problem, found)
        check_text(self.key, "key", label_key_problem, found)
        optional = (
            ("value", self.value, label_value_problem),
            ("driver", self._driver_name, dns_subdomain_problem),
            ("pool", self.pool, _pool_problem),
            ("device", self.device, dns_label_problem),
        )
        for path, text, rule in optional:
            if not isinstance(text, str) or text:
                check_text(text, path, rule, found)
        if not isinstance(self.effect, str) or self.effect not in _EFFECTS:
            found.add("effect", f"{shown(self.effect)} is not an effect of device taints", did_you_mean(self.effect, _EFFECTS))
        if isinstance(self.device, str) and self.device and "" in (self.pool, self._driver_name):
            found.add("device", "names one device only together with driver and pool", "give both, or the rule taints every device of that name")
        found.extend(metadata_problems(self.labels, self.annotations))
        found.raise_errors(f"{type(self).__name__} {shown(self.name)}")

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


def _metadata(name: str, labels: Mapping[str, str], annotations: Mapping[str, str]) -> Manifest:
    metadata: Manifest = {"name": name}
    if labels:
        metadata["labels"] = dict(labels)
    if annotations:
        metadata["annotations"] = dict(annotations)
    return metadata
