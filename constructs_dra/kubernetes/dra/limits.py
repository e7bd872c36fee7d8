"""How much an object of `resource.k8s.io` may hold; the names are those of Kubernetes' `types.go`."""

from typing import Final

__all__ = [
    "ATTRIBUTE_NAME_MAX",
    "ATTRIBUTE_VALUE_MAX",
    "BINDING_CONDITIONS_MAX",
    "CONFIGS_MAX",
    "CONSTRAINTS_MAX",
    "CONSUMED_COUNTERS_MAX",
    "COUNTERS_MAX",
    "COUNTER_SETS_MAX",
    "DEVICES_MAX",
    "DEVICE_ATTRIBUTES_MAX",
    "DEVICE_VALUES_MAX",
    "DRIVER_NAME_MAX",
    "EXPRESSION_MAX",
    "FIRST_AVAILABLE_MAX",
    "PARAMETERS_MAX",
    "POLICY_VALUES_MAX",
    "POOL_NAME_MAX",
    "REQUESTS_MAX",
    "SELECTORS_MAX",
    "SLICE_DEVICES_MAX",
    "SLICE_DEVICES_MAX_ADVANCED",
    "TAINTS_MAX",
    "TOLERATIONS_MAX",
]  # fmt: skip

DEVICES_MAX: Final = 32
"""Devices one claim can be given (`AllocationResultsMaxSize`)."""

REQUESTS_MAX: Final = 32
"""Requests of a claim, and names in the `requests` of a constraint or configuration (`DeviceRequestsMaxSize`)."""

FIRST_AVAILABLE_MAX: Final = 8
"""Alternatives of a request (`FirstAvailableDeviceRequestMaxSize`)."""

SELECTORS_MAX: Final = 32
"""Selectors of a request or class (`DeviceSelectorsMaxSize`)."""

TOLERATIONS_MAX: Final = 16
"""Tolerations of a request (`DeviceTolerationsMaxLength`); documented, and not counted by the API server."""

CONSTRAINTS_MAX: Final = 32
"""Constraints of a claim (`DeviceConstraintsMaxSize`)."""

CONFIGS_MAX: Final = 32
"""Configurations of a claim or class (`DeviceConfigMaxSize`)."""

EXPRESSION_MAX: Final = 10_240
"""Bytes of a CEL expression (`CELSelectorExpressionMaxLength`)."""

PARAMETERS_MAX: Final = 10_240
"""Bytes of opaque parameters as JSON (`OpaqueParametersMaxLength`)."""

DRIVER_NAME_MAX: Final = 63
"""Bytes of a driver's name, and of the domain of an attribute or capacity (`DriverNameMaxLength`, `DeviceMaxDomainLength`)."""

POOL_NAME_MAX: Final = 253
"""Bytes of a pool's name (`PoolNameMaxLength`)."""

ATTRIBUTE_NAME_MAX: Final = 32
"""Bytes of the name of an attribute or capacity, without its domain (`DeviceMaxIDLength`)."""

ATTRIBUTE_VALUE_MAX: Final = 64
"""Bytes of a string or version that an attribute holds (`DeviceAttributeMaxValueLength`)."""

SLICE_DEVICES_MAX: Final = 128
"""Devices of a slice (`ResourceSliceMaxDevices`)."""

SLICE_DEVICES_MAX_ADVANCED: Final = 64
"""Devices of a slice where one has taints, counters or lists (`ResourceSliceMaxDevicesWithTaintsOrConsumesCounters`)."""

DEVICE_ATTRIBUTES_MAX: Final = 32
"""Attributes and capacities of a device together (`ResourceSliceMaxAttributesAndCapacitiesPerDevice`)."""

DEVICE_VALUES_MAX: Final = 48
"""Values of a device's attributes, those in lists counted one by one (`ResourceSliceMaxAttributeValuesPerDevice`)."""

TAINTS_MAX: Final = 16
"""Taints of a device (`DeviceTaintsMaxLength`)."""

CONSUMED_COUNTERS_MAX: Final = 2
"""Counter sets a device draws on (`ResourceSliceMaxDeviceCounterConsumptionsPerDevice`)."""

COUNTER_SETS_MAX: Final = 8
"""Counter sets of a slice (`ResourceSliceMaxCounterSets`)."""

COUNTERS_MAX: Final = 32
"""Counters of a set (`ResourceSliceMaxCountersPerCounterSet`)."""

POLICY_VALUES_MAX: Final = 10
"""Values that can be requested of a capacity (`CapacityRequestPolicyDiscreteMaxOptions`)."""

BINDING_CONDITIONS_MAX: Final = 4
"""Binding conditions of a device (`BindingConditionsMaxSize`)."""
