"""The catalogue says what the collected facts say: nothing forgotten, nothing invented."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_dra.catalogue.model import STANDARD_DOMAIN
from constructs_dra.drivers import Driver, all_drivers, driver

_PARTS = {"example": ("example-gpu", "example-net", "example-cpu")}


@pytest.fixture(scope="module")
def facts(shared: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load((shared / "facts" / "drivers.yaml").read_text(), Loader=yaml.CSafeLoader)
    return read


def _records(entry: dict[str, Any]) -> list[Driver]:
    found = [driver(name) for name in _PARTS.get(entry["id"], (entry["id"],))]
    assert all(found), f"{entry['id']} is not in the catalogue"
    return [record for record in found if record]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def test_every_driver_of_the_facts_is_in_the_catalogue_and_no_other(facts: dict[str, Any]) -> None:
    expected = {name for entry in facts["drivers"] for name in _PARTS.get(entry["id"], (entry["id"],))}
    assert {record.id for record in all_drivers()} == expected


def test_attributes_are_those_of_the_facts(facts: dict[str, Any]) -> None:
    for entry in facts["drivers"]:
        records = _records(entry)
        told = {
            fact["name"]: (
                fact["type"],
                tuple(fact.get("values") or ()),
                fact.get("values_kind") or "",
                fact["published"],
                fact.get("applies_to") or "",
                fact.get("deprecated") or "",
                fact.get("note") or "",
            )
            for fact in entry["attributes"]
            if "<" not in fact["name"]
        }
        known = {
            fact.qualified_name: (fact.type, fact.values, fact.values_kind, fact.published, fact.applies_to, fact.deprecated, fact.note)
            for record in records
            for fact in record.attributes
        }
        assert known == told, entry["id"]


def test_capacities_are_those_of_the_facts(facts: dict[str, Any]) -> None:
    for entry in facts["drivers"]:
        told = {
            fact["name"]: (
                str(fact["quantity"]),
                fact["published"],
                fact.get("applies_to") or "",
                "" if fact.get("request_policy") == "none" else fact.get("request_policy") or "",
                fact.get("note") or "",
            )
            for fact in entry["capacities"]
        }
        known = {
            fact.qualified_name: (fact.quantity, fact.published, fact.applies_to, fact.request_policy, fact.note)
            for record in _records(entry)
            for fact in record.capacities
        }
        assert known == told, entry["id"]


def test_classes_are_those_of_the_facts(facts: dict[str, Any]) -> None:
    for entry in facts["drivers"]:
        if entry["id"] in _PARTS:  # one pattern there, one class per part here
            continue
        told = [
            (
                fact["name"],
                tuple(fact["selectors"]),
                fact["extended_resource_name"] or "",
                fact.get("extended_resource_condition") or "",
                fact["config"] or "",
                fact["created_by"],
                fact["literal"],
                fact.get("note") or "",
            )
            for fact in entry["device_classes"]
        ]
        known = [
            (
                fact.name,
                fact.selectors,
                fact.extended_resource_name,
                fact.extended_resource_condition,
                fact.config,
                fact.created_by,
                fact.literal,
                fact.note,
            )
            for record in _records(entry)
            for fact in record.classes
        ]
        assert known == told, entry["id"]


def test_taints_configuration_and_traps_are_those_of_the_facts(facts: dict[str, Any]) -> None:
    for entry in facts["drivers"]:
        records = _records(entry)
        taints = [(fact["key"], fact["effect"], _text(fact["value"]), fact["when"], fact["via"], fact.get("note") or "") for fact in entry["taints"]]
        assert [(fact.key, fact.effect, fact.value, fact.when, fact.via, fact.note) for record in records for fact in record.taints] == taints
        configs = [
            (_text(fact["kind"]), _text(fact["apiVersion"]), fact.get("strict"), [field["path"] for field in fact["fields"]])
            for fact in entry["opaque_configs"]
        ]
        assert [
            (fact.kind, fact.api_version, fact.strict, [field.path for field in fact.fields]) for record in records for fact in record.configs
        ] == configs
        for record in records:
            assert record.traps == tuple(entry["gotchas"])
            assert record.verified == entry["verified"]
            assert record.status == (entry.get("status") or "")
            assert record.config_note == (entry.get("opaque_note") or "")
            assert record.node_labels == tuple(entry["node_labels"])
            assert len(record.sources) == len(entry["sources"])


def test_what_can_be_shared_or_cut_is_as_in_the_facts(facts: dict[str, Any]) -> None:
    for entry in facts["drivers"]:
        records = _records(entry)
        assert [record.consumable is not None for record in records] == [entry["consumable"] is not None] * len(records), entry["id"]
        assert (records[0].partitionable is not None) == (entry["partitionable"] is not None), entry["id"]


def test_documented_selectors_read_only_what_the_catalogue_knows(facts: dict[str, Any]) -> None:
    for entry in facts["drivers"]:
        for idiom in entry["cel_idioms"]:
            for domain, name in re.findall(r"device\.attributes\[[\"']([^\"']+)[\"']\]\.\??(\w+)", idiom):
                assert any(record.attribute(name, domain) for record in _records(entry)), idiom


def test_device_plugin_resources_are_those_of_the_facts(facts: dict[str, Any]) -> None:
    from constructs_dra.catalogue.device_plugins import DEVICE_PLUGIN_RESOURCES  # noqa: PLC0415

    told = [
        (fact["vendor"], fact["resource"], fact["what"], _text(fact["llm_d_type"]), fact["verified"]) for fact in facts["device_plugin_resources"]
    ]
    assert [(fact.vendor, fact.resource, fact.meaning, fact.llm_d_type, fact.verified) for fact in DEVICE_PLUGIN_RESOURCES] == told


def test_standard_attributes_keep_their_type_across_drivers() -> None:
    types = {"pcieRoot": "string", "pciBusID": "string", "numaNode": "int"}
    for record in all_drivers():
        for fact in record.attributes:
            if fact.domain == STANDARD_DOMAIN and fact.name in types:
                assert fact.type == types[fact.name], (record.id, fact.name)
