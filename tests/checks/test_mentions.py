"""Every name that an object gives of another one is found with its place: one list for needs, pictures and references."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.checks.collect import collect
from constructs_dra.checks.mentions import mentions
from constructs_dra.paths import split


def named(text: str) -> set[tuple[str, str, str]]:
    (item,) = collect([yaml.safe_load(text)])
    return {(each.kind, each.name, each.path) for each in mentions(item)}


@pytest.mark.parametrize(
    ("manifest", "found"),
    [
        (
            (
                "{apiVersion: keda.sh/v1alpha1, kind: TriggerAuthentication, metadata: {name: t}, "
                "spec: {secretTargetRef: [{parameter: bearerToken, name: prometheus, key: token}]}}"
            ),
            {("Secret", "prometheus", "spec.secretTargetRef[0].name")},
        ),
        (
            (
                "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {ingressClassName: c, tls: [{secretName: cert}], "
                "defaultBackend: {service: {name: d}}, rules: [{http: {paths: [{backend: {service: {name: s}}}]}}]}}"
            ),
            {
                ("IngressClass", "c", "spec.ingressClassName"),
                ("Secret", "cert", "spec.tls[0].secretName"),
                ("Service", "d", "spec.defaultBackend.service.name"),
                ("Service", "s", "spec.rules[0].http.paths[0].backend.service.name"),
            },
        ),
        (
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, "
                "env: [{name: A, valueFrom: {secretKeyRef: {name: x}}}], "
                "envFrom: [{configMapRef: {name: y}}]}], volumes: [{name: v, projected: {sources: [{secret: {name: z}}, {configMap: {name: w}}]}}]}}"
            ),
            {
                ("Secret", "x", "spec.containers[0].env[0].valueFrom.secretKeyRef.name"),
                ("ConfigMap", "y", "spec.containers[0].envFrom[0].configMapRef.name"),
                ("Secret", "z", "spec.volumes[0].projected.sources[0].secret.name"),
                ("ConfigMap", "w", "spec.volumes[0].projected.sources[1].configMap.name"),
            },
        ),
    ],
    ids=lambda value: "" if isinstance(value, set) else yaml.safe_load(value)["kind"],
)
def test_names_and_their_places(manifest: str, found: set[tuple[str, str, str]]) -> None:
    assert named(manifest) == found


KEYS = ["containers", "env", "valueFrom", "secretKeyRef", "name", "volumes", "secret", "projected", "sources", "tls", "rules", "http", "claimName"]
JUNK: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=12,
)


@given(st.sampled_from(["Pod", "Ingress", "HTTPRoute", "Gateway", "ResourceClaim", "ScaledObject"]), JUNK)
def test_whatever_an_object_holds_each_name_stands_where_it_is_said_to(kind: str, spec: Any) -> None:
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    (item,) = collect([manifest])
    for each in mentions(item):
        value: Any = manifest
        for step in split(each.path):
            value = value[step]
        assert value == each.name != ""
