"""How much of a device a request takes, and whether that is still there.

The rules follow `consumable_capacity.go` of k8s.io/dynamic-resource-allocation/structured, Kubernetes 1.36. Amounts are nanos.
"""

from collections.abc import Mapping

from constructs_dra.lexical.quantity import canonical
from constructs_dra.placement.devices import Capacity, InventoryDevice, RequestPolicy
from constructs_dra.placement.quantities import NANO, binary_text, nanos, whole

__all__ = ["Amounts", "consumption", "fits_capacity"]

Amounts = Mapping[str, int]
"""Amounts by capacity, in nanos."""


def consumption(device: InventoryDevice, requested: Mapping[str, str] | None) -> dict[str, str]:
    """What a request takes of a shared device, by capacity, as quantities: rounded as the policies say; everything where nothing is asked."""
    return {name: _taken((requested or {}).get(name), capacity)[1] for name, capacity in device.capacity.items()}


def fits_capacity(device: InventoryDevice, requested: Mapping[str, str] | None, *taken: Amounts) -> bool:
    """Whether a device has what a request asks for, next to what is taken already.

    It is asked of every device: one that is not shared has to have the amounts too.
    """
    if requested and not requested.keys() <= device.capacity.keys():
        return False
    for name, capacity in device.capacity.items():
        asked = (requested or {}).get(name)
        amount, _ = _taken(asked, capacity)
        if _violates(amount, asked, capacity.policy) or amount + sum(each.get(name, 0) for each in taken) > nanos(capacity.value):
            return False
    return True


def _taken(asked: str | None, capacity: Capacity) -> tuple[int, str]:
    policy = capacity.policy
    if asked is None:
        text = capacity.value if policy is None or policy.default is None else policy.default
        return nanos(text), canonical(text)
    if policy is not None and policy.minimum is not None:
        return _in_range(asked, policy.minimum, policy.step)
    if policy is not None:
        for value in policy.valid_values:
            if nanos(asked) <= nanos(value):
                return nanos(value), canonical(value)
    return nanos(asked), canonical(asked)


def _in_range(asked: str, minimum: str, step: str | None) -> tuple[int, str]:
    if nanos(asked) < nanos(minimum):
        return nanos(minimum), canonical(minimum)
    size = whole(nanos(step)) if step is not None else 0
    if not size:
        return nanos(asked), canonical(asked)
    # Kubernetes counts steps in whole units
    first = whole(nanos(minimum))
    units = first + -(-(whole(nanos(asked)) - first) // size) * size
    return units * NANO, binary_text(units)


def _violates(amount: int, asked: str | None, policy: RequestPolicy | None) -> bool:
    if policy is None:
        return False
    if policy.default is not None and asked is None:
        return False
    if policy.minimum is not None or policy.maximum is not None or policy.step is not None:
        return _out_of_range(amount, policy)
    return bool(policy.valid_values) and all(amount != nanos(value) for value in policy.valid_values)


def _out_of_range(amount: int, policy: RequestPolicy) -> bool:
    if policy.maximum is not None and amount > nanos(policy.maximum):
        return True
    size = whole(nanos(policy.step)) if policy.step is not None else 0
    return bool(size) and (whole(amount) - whole(nanos(policy.minimum or "0"))) % size != 0
