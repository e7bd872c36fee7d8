"""What is known about a DRA driver: plain records, one `Driver` with everything below it.

The records hold facts as they were read in the driver's source or documentation; texts such as `published` are the words of whoever read them.
To build expressions use the typed namespaces (`intel.gpu.family`), which hold the same facts with operators on top.
"""

import re
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from constructs_dra.records.valued import Valued
from constructs_dra.words import did_you_mean

if TYPE_CHECKING:
    from constructs_dra.catalogue.config_model import ConfigKind

__all__ = ["STANDARD_DOMAIN", "Attribute", "Capacity", "Driver", "PublishedClass", "Source", "Taint", "ValueType", "Verified"]

ValueType = Literal["string", "int", "bool", "version"]
"""Type of an attribute's value. `string` never has an order; `version` compares as semver 2.0."""

Verified = Literal["source", "index", "docs", "unverified"]
"""How facts were found: in a clone of the driver's source, in stored single files of it, in the vendor's documentation only, or not at all."""

Absent = Literal["", "rarely", "always"]
"""How often a device lacks what others publish."""

STANDARD_DOMAIN = "resource.kubernetes.io"
"""Domain of the attributes that Kubernetes itself names, e.g. `resource.kubernetes.io/pcieRoot`."""


@frozen(kw_only=True, eq=False, repr=False)
class Attribute(Valued):
    """One attribute that devices of a driver publish.

    Attributes:
        name: Key without its domain, as the driver spells it, e.g. `productName`.
        domain: Domain of the key; the driver's name unless the driver publishes under another one.
        type: Type of its value.
        values: Values that were seen; see `values_kind`.
        values_kind: `complete` when `values` are all there are, `examples` when there may be more, empty when none are known.
        published: `always`, or in words when the attribute exists.
        absent: `rarely` where a driver publishes it whenever it can find the value out, `always` where no device of its current version has it;
            empty where `published` and `applies_to` say all.
        applies_to: In words, the devices that have it; empty or `all` for all.
        kinds: The same as values of the driver's `kind_attribute`, where it has one; empty for all.
        form: Regular expression that each of its values is a match of as a whole; empty where they have no form.
        likely: Values of current devices, whole ones, to find what was meant by a part of one or a misspelt one; there may be others.
        since: Driver version that brought it; empty when not known.
        deprecated: Why not to use it and what to use instead; empty when it may be used.
        note: What else to know.
    """

    name: str
    domain: str
    type: ValueType
    values: tuple[str | int, ...] = ()
    values_kind: Literal["", "complete", "examples"] = ""
    published: str = "always"
    absent: Absent = ""
    applies_to: str = ""
    kinds: tuple[str, ...] = ()
    form: str = ""
    likely: tuple[str, ...] = ()
    since: str = ""
    deprecated: str = ""
    note: str = ""

    @property
    def qualified_name(self) -> str:
        """Domain and name, as constraints spell it: `resource.kubernetes.io/pcieRoot`."""
        return f"{self.domain}/{self.name}"

    @property
    def allowed(self) -> tuple[str | int, ...]:
        """All values it can have; empty when that is not known."""
        return self.values if self.values_kind == "complete" else ()

    def value_fault(self, value: str) -> tuple[str, str]:
        """Why no device publishes a string as this attribute, and what was meant; two empty strings where one may."""
        if self.allowed:
            return ("", "") if value in self.allowed else ("never has that value", did_you_mean(value, map(str, self.allowed)))
        if self.form and re.fullmatch(self.form, value) is None:
            return "has no value of that form", did_you_mean(value, self.likely)
        if not self.likely or value in self.likely:
            return "", ""
        part = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)  # a word of it: `L4` is not a part of `L40S`
        whole = [one for one in self.likely if part.search(one)]
        if not whole:
            return "", ""
        listed = ", ".join(map(repr, whole[:4])) + (", …" if len(whole) > 4 else "")
        return "is never just that", f"names are published whole: {'did you mean ' if len(whole) == 1 else 'one of '}{listed}?"

    @property
    def optional(self) -> bool:
        """Whether some devices do not publish it, so that reading it in CEL needs a guard."""
        return self.published != "always" or (self.applies_to not in {"", "all"} and not self.kinds)

    @property
    def never_published(self) -> bool:
        """Whether no device of the driver's current version publishes it."""
        return self.absent == "always"


@frozen(kw_only=True, eq=False, repr=False)
class Capacity(Valued):
    """One capacity that devices of a driver publish: an amount, and perhaps how much of it a claim can take.

    Attributes:
        name: Key without its domain, e.g. `memory`. A key that ends in `<N>` stands for a numbered family.
        domain: Domain of the key; the driver's name.
        quantity: In words, what the amount is.
        published: `always`, or in words when the capacity exists.
        absent: `rarely` where a driver publishes it whenever it can find the amount out; empty where `published` and `applies_to` say all.
        applies_to: In words, the devices that have it; empty for all.
        kinds: The same as values of the driver's `kind_attribute`, where it has one; empty for all.
        bytes: Whether the amount is bytes, so that a number without a unit is a slip. Default no.
        request_policy: In words, how much of it one claim can ask for; empty when it cannot be asked for.
        note: What else to know.
    """

    name: str
    domain: str
    quantity: str = ""
    published: str = "always"
    absent: Absent = ""
    applies_to: str = ""
    kinds: tuple[str, ...] = ()
    bytes: bool = False
    request_policy: str = ""
    note: str = ""

    @property
    def qualified_name(self) -> str:
        """Domain and name: `gpu.intel.com/memory`."""
        return f"{self.domain}/{self.name}"

    @property
    def optional(self) -> bool:
        """Whether some devices do not publish it, so that reading it in CEL needs a guard."""
        return self.published != "always" or (self.applies_to not in {"", "all"} and not self.kinds)


@frozen(kw_only=True, eq=False, repr=False)
class PublishedClass(Valued):
    """A DeviceClass that comes with a driver.

    Attributes:
        name: Its name; where `literal` is false, a pattern or words.
        selectors: Its CEL selectors.
        kinds: Values of the driver's `kind_attribute` that its selectors let through; empty for all.
        extended_resource_name: Name under which pods can ask for it as a resource; empty for none.
        extended_resource_condition: When that name is set.
        config: In words, the opaque configuration in it.
        created_by: Who makes it: the driver's chart, a cloud, the user.
        literal: Whether name and selectors can be taken as they are.
        verified: How it was found, where that differs from the driver.
        note: What else to know.
    """

    name: str
    selectors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    extended_resource_name: str = ""
    extended_resource_condition: str = ""
    config: str = ""
    created_by: str = ""
    literal: bool = True
    verified: Verified | None = None
    note: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class Taint(Valued):
    """A taint that a driver puts on devices.

    Attributes:
        key: Its key; `<…>` stands for a part that varies.
        effect: `NoExecute` also evicts pods that hold the device; `NoSchedule` only blocks new allocations; `None` informs.
        value: Its value; empty for none, `<…>` for one that varies.
        when: When the driver sets it.
        via: Where it is written: the ResourceSlice or a DeviceTaintRule.
        note: What else to know.
    """

    key: str
    effect: Literal["None", "NoSchedule", "NoExecute"]
    value: str = ""
    when: str = ""
    via: str = ""
    note: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class Source(Valued):
    """Where facts were read.

    Attributes:
        repository: `owner/name` on GitHub, or empty.
        commit: Commit that was read; empty when not known.
        paths: Files and folders in it.
        url: Page that was read, when it was not a repository.
        note: What else to know.
    """

    repository: str = ""
    commit: str = ""
    paths: tuple[str, ...] = ()
    url: str = ""
    note: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class Sharing(Valued):
    """How a device can be taken in parts.

    Attributes:
        gate: What must be turned on, in the driver and in Kubernetes.
        counter_set: Name of the counter set that partitions draw on; empty when they draw on none.
        counters: In words, its counters.
        note: What else to know.
    """

    gate: str = ""
    counter_set: str = ""
    counters: str = ""
    note: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class Driver(Valued):
    """A DRA driver and everything known about it.

    Attributes:
        name: The name it registers and publishes under, e.g. `gpu.intel.com`.
        id: Short unique name in this catalogue, e.g. `intel-gpu`; default the driver's name.
        vendor: Who makes it.
        kind: What its devices are, e.g. `gpu`.
        accelerator: Whether a device computes a model, so that its count follows the parallelism of the role that uses it. Default yes.
        kind_attribute: Name of the attribute that tells kinds of devices apart, e.g. `type`; empty when all are alike.
        classes: Its DeviceClasses, the usual one first.
        attributes: What its devices publish.
        capacities: The amounts its devices publish.
        configs: Opaque configuration it reads; empty when it reads none.
        configs_known: Whether `configs` are all it reads; no, where nobody looked. Default yes.
        taints: Taints it sets.
        partitionable: How devices are cut into parts; None when they are not.
        consumable: How several claims share a device; None when they cannot.
        share_needed: Capacity, with its domain, that a request must take a share of, since without one it gets the whole device; empty for none.
        most_per_node: Devices of the largest node there is; 0 where nodes of any size are made. Default 0.
        every_device: Whether a claim must take every device of the node (`allocationMode: All`).
        version_seen: Version the facts are of; empty when not known.
        verified: How the facts were found.
        status: Why not to rely on it; empty when released and current.
        sources: Where they were found.
        device_name: In words, how its devices are named.
        attribute_note: What else to know about its attributes.
        capacity_note: What else to know about its capacities.
        config_note: What else to know about its configuration.
        taint_note: What else to know about its taints.
        admin_access: In words, what admin access does.
        requirements: What it needs: `kubernetes`, `runtime`, `other`.
        kubernetes_gates: Kubernetes feature gates it needs, and what for.
        driver_gates: Its own feature gates and their state.
        gate_conflicts: Gates of its own that exclude each other.
        custom_resources: Kinds of custom resources it brings.
        node_labels: Labels that mark its nodes.
        idioms: Selectors and constraints that work with it.
        traps: Mistakes that were met with it, many of them in its own documentation.
    """

    name: str
    id: str = field(default="")
    vendor: str = ""
    kind: str = ""
    accelerator: bool = True
    kind_attribute: str = ""
    classes: tuple[PublishedClass, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    configs: "tuple[ConfigKind, ...]" = ()
    configs_known: bool = True
    taints: tuple[Taint, ...] = ()
    partitionable: Sharing | None = None
    consumable: Sharing | None = None
    share_needed: str = ""
    most_per_node: int = 0
    every_device: bool = False
    version_seen: str = ""
    verified: Verified = "unverified"
    status: str = ""
    sources: tuple[Source, ...] = ()
    device_name: str = ""
    attribute_note: str = ""
    capacity_note: str = ""
    config_note: str = ""
    taint_note: str = ""
    admin_access: str = ""
    requirements: dict[str, str] = field(factory=dict, hash=False)
    kubernetes_gates: tuple[str, ...] = ()
    driver_gates: dict[str, str] = field(factory=dict, hash=False)
    gate_conflicts: tuple[str, ...] = ()
    custom_resources: tuple[str, ...] = ()
    node_labels: tuple[str, ...] = ()
    idioms: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()

    def attribute(self, name: str, domain: str = "") -> Attribute | None:
        """The attribute of this name, or None; without a domain the driver's own is meant, then any other."""
        found = [attribute for attribute in self.attributes if attribute.name == name and (not domain or attribute.domain == domain)]
        return next((attribute for attribute in found if attribute.domain == self.name), found[0] if found else None)

    def capacity(self, name: str, domain: str = "") -> Capacity | None:
        """The capacity of this name, or None; numbered families (`memorySlice<N>`) know their members."""
        for capacity in self.capacities:
            if domain in {"", capacity.domain} and _named(capacity.name, name):
                return capacity
        return None

    @property
    def writable_configs(self) -> "tuple[ConfigKind, ...]":
        """Configuration that claims can have for it."""
        return tuple(config for config in self.configs if not config.avoid)

    def published_class(self, name: str) -> PublishedClass | None:
        """The DeviceClass of this name, or None."""
        return next((published for published in self.classes if published.name == name), None)


def _named(pattern: str, name: str) -> bool:
    stem, mark, _rest = pattern.partition("<N>")
    return name == pattern if not mark else name.startswith(stem) and name[len(stem) :].isdigit()
