"""Accelerators of values files: device-plugin resources and claims, as the chart works them out for each role."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.helm.calls import Argument, Call, Tree, call, listed
from constructs_dra.helm.charts import CHARTS, ChartVersion
from constructs_dra.helm.containers import env
from constructs_dra.paths import child
from constructs_dra.serving.accelerator import ACCELERATORS

__all__ = ["devices", "unused_types", "warned_resource"]

_FALLBACK = "nvidia.com/gpu"
"""What the chart asks for where it does not know the accelerator."""


def devices(values: Mapping[str, Any], role: str, chart: ChartVersion, problems: list[Problem]) -> dict[str, Argument]:
    """The arguments `accelerator` and `claims` of one role."""
    found: dict[str, Argument] = {}
    claims: list[Argument | Tree] = []
    if chart == "0.3":
        dra = values.get("dra") or {}
        if dra.get("enabled"):
            claims += _old_claims(dra, problems)
        else:
            found |= _plugin(values, *_type(values, role), problems)
        path = "dra"
    else:
        kind, place = _type(values, role)
        own = values[role].get("accelerator") or {}
        uses_dra = own["dra"] if "dra" in own else (values.get("accelerator") or {}).get("dra")
        if uses_dra:
            claims += _claims(values, kind, place, role, problems)
            found |= _variables(values, kind, place)
        else:
            found |= _plugin(values, kind, place, problems)
        path = child(place.rpartition(".")[0], "dra")
    claims += _existing(values[role].get("resourceClaims") or [], child(role, "resourceClaims"))
    if claims:
        found["claims"] = listed(claims, path)
    return found


def unused_types(values: Mapping[str, Any], chart: ChartVersion, roles: Sequence[str]) -> Iterator[Problem]:
    """Entries for accelerator types that are neither the chart's nor any role's: mostly misspelt ones."""
    accelerator = values.get("accelerator") or {}
    usual = CHARTS[chart].defaults["accelerator"]
    used = [_type(values, role)[0] for role in roles]
    known = [*usual["resources"], *usual.get("resourceClaimTemplates", ()), *used]
    for table in ("resources", "env", "resourceClaimTemplates"):
        for kind in accelerator.get(table) or {}:
            if kind not in known:
                place = child(f"accelerator.{table}", kind)
                yield Problem(place, f"has no effect: no role's accelerator is of type {kind!r}", did_you_mean(kind, known), rule="ignored")


def _type(values: Mapping[str, Any], role: str) -> tuple[str, str]:
    """The accelerator's type, and the place that says so."""
    own = values[role].get("accelerator") or {}
    if "type" in own:
        return str(own["type"]), f"{role}.accelerator.type"
    return str((values.get("accelerator") or {}).get("type") or "nvidia"), "accelerator.type"


def _usual() -> Mapping[str, Any]:
    return ACCELERATORS


def _variables(values: Mapping[str, Any], kind: str, path: str) -> dict[str, Argument]:
    """An accelerator that only brings environment variables: its devices come from claims."""
    variables = ((values.get("accelerator") or {}).get("env") or {}).get(kind)
    if not variables or kind == "cpu":
        return {}
    return {"accelerator": Argument(call("Accelerator", kind, env=_env(variables, kind), at=path), path)}


def _env(variables: Any, kind: str) -> Argument:
    texts = [{"name": item.get("name"), "value": _text(item.get("value"))} for item in variables]
    return env(texts, child("accelerator.env", kind))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _plugin(values: Mapping[str, Any], kind: str, path: str, problems: list[Problem]) -> dict[str, Argument]:
    accelerator = values.get("accelerator") or {}
    resources = accelerator.get("resources") or {}
    variables = (accelerator.get("env") or {}).get(kind) or []
    if kind == "cpu":
        return {"accelerator": Argument("cpu", path)}
    if kind not in resources:
        known = ["cpu", *resources]
        hint = "write accelerator.dra: true" if kind == "intel" else did_you_mean(kind, known)
        problems.append(
            Problem(
                path,
                f"{kind!r} has no device-plugin resource: the chart asks for {_FALLBACK} instead",
                f"{hint}; or name its resource in accelerator.resources"
                if kind != "intel"
                else f"{hint}, or intel-xe or intel-i915 for a device plugin",
                rule="accelerator-type",
            )
        )
        return {}
    usual = _usual().get(kind)
    if (
        usual is not None
        and usual.resource == resources[kind]
        and dict(usual.env) == {item.get("name"): _text(item.get("value")) for item in variables}
    ):
        return {"accelerator": Argument(kind, path)}
    described = call(
        "Accelerator",
        Argument(kind, path),
        resource=Argument(resources[kind], child("accelerator.resources", kind)),
        env=_env(variables, kind) if variables else None,
        at=path,
    )
    return {"accelerator": Argument(described, path)}


def _claims(values: Mapping[str, Any], kind: str, path: str, role: str, problems: list[Problem]) -> list[Argument | Tree]:
    templates = (values.get("accelerator") or {}).get("resourceClaimTemplates") or {}
    template = templates.get(kind)
    place = child("accelerator.resourceClaimTemplates", kind)
    if not template:
        problems.append(
            Problem(
                path,
                f"{kind!r} has no claim template: the pods refer to '{kind}-{role}-claim-template', which the chart does not make",
                f"write {place}, or dra: false; {did_you_mean(kind, templates)}",
                rule="claim-template-missing",
            )
        )
        return [call("ExistingClaimTemplate", f"{kind}-{role}-claim-template", name=f"{kind}-{role}-claim", at=path)]
    if "name" in template and not template["name"]:
        problems.append(Problem(place, "has no name", f"write name: {kind}-claim-template", rule="required"))
        return []
    request = _request(template, kind, place, problems)
    if "name" not in template:
        # the role stands elsewhere in these names than in those of templates with a name
        claim = Call("Claim", (Argument(kind, place), Argument(request, place)), {}, place)
        return [call("RoleClaim", claim, name=f"{kind}-{role}-claim", object_name=f"{kind}-{role}-claim-template", at=place)]
    return [Call("Claim", (Argument(template["name"], child(place, "name")), Argument(request, place)), {}, place)]


def _request(template: Mapping[str, Any], kind: str, path: str, problems: list[Problem]) -> Call:
    if template.get("match") not in (None, "exactly"):
        problems.append(
            Problem(
                child(path, "match"),
                "the chart writes firstAvailable as a mapping, and an API server refuses it: the API has a list of named alternatives there",
                "write match: exactly; in Python: FirstAvailable(name, Request(…), Request(…))",
                rule="first-available",
            )
        )
    selectors: list[Argument | Tree] = []
    for index, selector in enumerate(template.get("selectors") or []):
        place = child(child(path, "selectors"), index)
        inner = selector.get("cel") if isinstance(selector, Mapping) else None
        expression = inner.get("expression") if isinstance(inner, Mapping) else None
        if not isinstance(expression, str) or len(selector) > 1 or len(inner or ()) > 1:
            problems.append(Problem(place, "is not a selector", "write cel: {expression: …}", rule="wrong-type"))
        else:
            selectors.append(Argument(expression, f"{place}.cel.expression"))
    return call(
        "Request",
        kind,
        Argument(template.get("class") or f"gpu.{kind}.com", child(path, "class")),
        count=Argument(template.get("count"), child(path, "count")),
        where=listed(selectors, child(path, "selectors")) if selectors else None,
        at=path,
    )


def _old_claims(dra: Mapping[str, Any], problems: list[Problem]) -> list[Argument | Tree]:
    """The one claim template of chart 0.3, the same for all roles."""
    kind = dra.get("type") or "nvidia"
    templates = [item for item in dra.get("claimTemplates") or [] if isinstance(item, Mapping)]
    found = next((index for index, item in reversed(list(enumerate(templates))) if item.get("name") == kind), None)
    if found is None:
        names = [str(item.get("name")) for item in templates]
        problems.append(
            Problem(
                "dra.type", f"no entry of dra.claimTemplates is called {kind!r}", did_you_mean(kind, names), rule="claim-template-missing",
            )
        )  # fmt: skip
        return []
    place = child("dra.claimTemplates", found)
    request = _request({"count": 1, **templates[found]}, str(kind), place, problems)
    return [Call("Claim", (Argument(kind, child(place, "name")), Argument(request, place)), {}, place)]


def _existing(claims: list[Any], path: str) -> list[Argument | Tree]:
    """Claims that the values refer to and others make."""
    found: list[Argument | Tree] = []
    for index, claim in enumerate(claims):
        place = child(path, index)
        template = claim.get("resourceClaimTemplateName")
        kind, name = ("ExistingClaimTemplate", template) if template else ("ExistingClaim", claim.get("resourceClaimName"))
        pod_name = claim.get("name")
        found.append(call(kind, Argument(name or "", place), name=Argument(pod_name, child(place, "name")) if pod_name != name else None, at=place))
    return found


def warned_resource(values: Mapping[str, Any], roles: Sequence[str]) -> str | None:
    """The resource that the chart's note on a mismatch is about, where that is not what the roles themselves ask for.

    The chart looks at the top-level accelerator, whether or not the role has another one or has claims.
    """
    accelerator = values.get("accelerator") or {}
    resources = accelerator.get("resources") or {}

    def resource_of(kind: str) -> str:
        return "" if kind == "cpu" else str(resources.get(kind) or _FALLBACK)

    common = resource_of(str(accelerator.get("type") or "nvidia"))
    for role in roles:
        own = values[role].get("accelerator") or {}
        asked = resource_of(_type(values, role)[0])
        claims = own["dra"] if "dra" in own else accelerator.get("dra")
        first: Mapping[str, Any] = next(iter(values[role].get("containers") or []), {})
        stated = (first.get("resources") or {}).get("limits") or {}
        if (claims and common in stated) or (not claims and asked != common and (common in stated or asked in stated)):
            return common
    return None
