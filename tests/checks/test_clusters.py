from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from constructs_dra.checks import Setting, check_manifests
from constructs_dra.checks.clusters import clusters
from constructs_dra.checks.collect import collect
from constructs_dra.cli import main
from constructs_dra.yaml.documents import load_documents


def documents(**files: str) -> list[Any]:
    return [document for name, text in files.items() for document in load_documents(text, name.replace("__", "/") + ".yaml")[0]]


def account(name: str) -> str:
    return f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}, labels: {{a: b}}}}\n"


def test_folders_beside_each_other_with_the_same_objects_are_clusters() -> None:
    found = clusters(list(collect(documents(d__a__x=account("x"), d__b__x=account("x"), d__w=account("w"), d__c__z=account("z")))))
    assert sorted([item.name for item in group] for group in found) == [["w", "z"], ["x"], ["x"]]


def test_an_object_that_is_twice_in_one_cluster_is_still_reported() -> None:
    other = account("x").replace("a: b", "a: c")
    found = check_manifests(documents(d__a__x=account("x"), d__b__x=account("x"), d__a__y=other))
    assert [(problem.rule, problem.source) for problem in found] == [("duplicate-object", "d/a/y.yaml")]


def test_a_folder_inside_another_is_not_a_cluster_by_itself() -> None:
    given = documents(d__x=account("x"), d__b__x=account("x"))
    assert [problem.rule for problem in check_manifests(given)] == ["duplicate-object"]
    assert check_manifests(given, Setting(folders=("d",))) == []


CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [mode, size]
            properties:
              mode: {type: string, enum: [a, b], default: a}
              size: {type: integer, minimum: 1}
            x-kubernetes-validations:
            - {rule: "self.mode != 'b' || self.size > 5", message: b needs more}
"""
THING = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec: {size: %s}\n"


@pytest.mark.parametrize(("spec", "path"), [("3", ""), ("0", "spec.size"), ("3, mode: b", "spec"), ("3, mod: b", "spec.mod")])
def test_definitions_among_the_files_are_schemas(spec: str, path: str) -> None:
    found = check_manifests(documents(crd=CRD, thing=THING % spec))
    assert [problem.path for problem in found] == ([path] if path else [])


def test_definitions_are_given_by_an_option(tmp_path: Path) -> None:
    (tmp_path / "crd.yaml").write_text(CRD)
    (tmp_path / "thing.yaml").write_text(THING % "0")
    plain = CliRunner().invoke(main, ["check", str(tmp_path / "thing.yaml")])
    assert (plain.exit_code, "kind-unknown" in plain.stderr) == (0, True)
    judged = CliRunner().invoke(main, ["check", "--crds", str(tmp_path / "crd.yaml"), str(tmp_path / "thing.yaml")])
    assert (judged.exit_code, "spec.size" in judged.stderr) == (1, True)
    none = CliRunner().invoke(main, ["check", "--crds", str(tmp_path / "thing.yaml"), str(tmp_path / "thing.yaml")])
    assert "holds no CustomResourceDefinition" in none.stderr


@pytest.mark.parametrize(
    "schema",
    ["[]", "{properties: []}", "{type: [object]}", "{type: object, properties: {spec: 3, size: {required: {}}}}", "{allOf: [3, {items: [1]}]}"],
)
def test_a_definition_of_any_shape_gives_no_traceback(schema: str) -> None:
    head, _, _ = CRD.partition("openAPIV3Schema:")
    broken = f"{head}openAPIV3Schema: {schema}\n"
    assert isinstance(check_manifests(documents(crd=broken, thing=THING % "3")), list)
