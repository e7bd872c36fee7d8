"""Templates in values: the fields that the chart evaluates, evaluated; every other field is left as it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_dra.errors import Problem
from constructs_dra.helm.budget import TemplateError
from constructs_dra.helm.charts import CHART_NAME, CHARTS, ChartVersion
from constructs_dra.helm.functions import to_yaml
from constructs_dra.helm.keys import Key, keys_of
from constructs_dra.helm.naming import fullname, has_template
from constructs_dra.helm.template import evaluate
from constructs_dra.helm.values import with_defaults
from constructs_dra.paths import child
from constructs_dra.yaml.documents import load_documents

__all__ = ["evaluate_templates"]


def evaluate_templates(
    values: Mapping[str, Any], chart: ChartVersion, *, release: str, namespace: str | None
) -> tuple[dict[str, Any], list[Problem]]:
    """The values with `{{ … }}` evaluated wherever the chart does so.

    Args:
        values: The user's values, without the chart's defaults.
        chart: The chart's line, for its defaults and names.
        release: What `.Release.Name` is.
        namespace: What `.Release.Namespace` is.
    """
    line = CHARTS[chart]
    everything = with_defaults(values, line.defaults)
    context = {
        "Values": everything,
        "Release": {
            "Name": release,
            "Namespace": namespace or "default",
            "Service": "Helm",
            "IsInstall": True,
            "IsUpgrade": False,
            "Revision": 1,
        },
        "Chart": {"Name": CHART_NAME, "Version": line.release, "AppVersion": line.app_version, "Type": "application"},
    }
    return _Templates(context, release).mapping(values, keys_of(chart))


class _Templates:
    def __init__(self, context: Mapping[str, Any], release: str) -> None:
        self.context = context
        values = context["Values"]
        full = fullname(values, release)
        account = str(values.get("serviceAccountOverride") or full)
        name = str(values.get("nameOverride") or CHART_NAME)[:63].removesuffix("-")
        self.includes = {
            template: lambda text=text: text
            for template, text in {
                "common.names.fullname": full,
                "common.names.name": name,
                "common.names.namespace": context["Release"]["Namespace"],
                f"{CHART_NAME}.name": name,
                f"{CHART_NAME}.fullname": full,
                f"{CHART_NAME}.decodeName": f"{full}-decode",
                f"{CHART_NAME}.prefillName": f"{full}-prefill",
                f"{CHART_NAME}.pdServiceAccountName": account,
                f"{CHART_NAME}.chart": f"{CHART_NAME}-{context['Chart']['Version']}",
            }.items()
        }
        self.problems: list[Problem] = []

    def mapping(self, values: Mapping[str, Any], key: Key) -> tuple[dict[str, Any], list[Problem]]:
        return self.entries(values, key, ""), self.problems

    def entries(self, values: Mapping[str, Any], key: Key, path: str) -> dict[str, Any]:
        return {name: self.value(value, key.entries.get(name), child(path, name)) for name, value in values.items()}

    def value(self, value: Any, key: Key | None, path: str) -> Any:
        if key is None or not has_template(value):
            return value
        if key.templated:
            return self.uri(value, path) if key.kind == "text" else self.whole(value, path)
        if key.kind == "mapping" and isinstance(value, Mapping):
            return self.entries(value, key, path)
        if key.kind == "list" and key.item is not None and isinstance(value, list):
            return [self.value(item, key.item, child(path, index)) for index, item in enumerate(value)]
        return value

    def uri(self, value: Any, path: str) -> Any:
        """The chart evaluates what follows `hf://`."""
        if not isinstance(value, str) or not value.startswith("hf://"):
            return value
        text = self.text(value.removeprefix("hf://"), path)
        return value if text is None else f"hf://{text}"

    def whole(self, value: Any, path: str) -> Any:
        """The chart writes the whole part as YAML, evaluates that text and reads it again."""
        bad = [place for place, text in _texts(value, path) if self.text(text, place) is None]
        if bad:
            return value
        text = self.text(to_yaml(value) + "\n", path)
        if text is None:
            return value
        documents, problems = load_documents(text, path)
        if problems or not documents:
            fault = problems[0].message if problems else "is empty"
            self.problems.append(Problem(path, f"with {{{{ … }}}} evaluated, it {fault}", "quote the template", rule="template"))
            return value
        return documents[0].value

    def text(self, text: str, path: str) -> str | None:
        try:
            return evaluate(text, self.context, includes=self.includes)
        except TemplateError as error:
            self.problems.append(Problem(path, f"cannot be evaluated: {error}", rule="template"))
            return None


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text below a value that holds a template, with its place."""
    if isinstance(value, str):
        if "{{" in value:
            yield path, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, child(path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, child(path, index))
