"""Which devices, shares and counters are taken, kept up to date while claims are allocated."""

from collections.abc import Iterable, Mapping

from constructs_dra.placement.allocation import AllocatedDevice, DevicesInUse
from constructs_dra.placement.devices import DeviceId
from constructs_dra.placement.pools import Pool
from constructs_dra.placement.quantities import nanos, quantity_text

__all__ = ["Counters", "Holdings", "free_counters"]

Counters = dict[tuple[str, str], int]
"""Amounts in nanos by counter set and counter."""


class Holdings:
    """What allocated claims hold.

    Attributes:
        devices: Devices held by one claim alone.
        shared: Devices of which shares are held.
        capacity: Amounts taken of shared devices in nanos, by capacity.
    """

    def __init__(self, in_use: DevicesInUse | None = None) -> None:
        state = in_use or DevicesInUse()
        self.devices = set(state.devices)
        self.shared = set(state.shared)
        self.capacity = {device: {name: nanos(value) for name, value in amounts.items()} for device, amounts in state.capacity.items()}

    def copy(self) -> "Holdings":
        """The same holdings, to change without changing these."""
        twin = Holdings()
        twin.devices = set(self.devices)
        twin.shared = set(self.shared)
        twin.capacity = {device: dict(amounts) for device, amounts in self.capacity.items()}
        return twin

    def holds(self, device: DeviceId) -> bool:
        """Whether a claim holds the device or a share of it."""
        return device in self.devices or device in self.shared or device in self.capacity

    def take(self, devices: Iterable[AllocatedDevice]) -> None:
        """Add what a claim was given; admin access takes nothing."""
        for given in devices:
            if given.admin_access:
                continue
            if given.share_id:
                self.shared.add(given.id)
                self.add_capacity(given.id, given.consumed_capacity)
            else:
                self.devices.add(given.id)

    def add_capacity(self, device: DeviceId, amounts: Mapping[str, str]) -> None:
        """Add amounts taken of a shared device."""
        taken = self.capacity.setdefault(device, {})
        for name, amount in amounts.items():
            taken[name] = taken.get(name, 0) + nanos(amount)

    def freeze(self) -> DevicesInUse:
        """The holdings as a record."""
        return DevicesInUse(
            devices=frozenset(self.devices),
            shared=frozenset(self.shared),
            capacity={device: {name: quantity_text(amount) for name, amount in amounts.items()} for device, amounts in self.capacity.items()},
        )


def free_counters(pool: Pool, holdings: Holdings) -> Counters:
    """What is left of a pool's counters; negative where devices in use take more than there is."""
    left = {(name, counter): nanos(amount) for name, each in pool.counter_sets.items() for counter, amount in each.counters.items()}
    for device in (device for each in (*pool.slices, *pool.other_slices) for device in each.devices):
        if device.consumes_counters and holdings.holds(DeviceId(pool.driver, pool.name, device.name)):
            for consumption in device.consumes_counters:
                for counter, amount in consumption.counters.items():
                    left[consumption.counter_set, counter] -= nanos(amount)
    return left
