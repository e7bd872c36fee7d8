"""`constructs-dra check`: manifests from anywhere, by schema, rules, selectors, references and feature gates."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from constructs_dra.checks import Setting, check_manifests
from constructs_dra.checks.clusters import clusters
from constructs_dra.checks.collect import collect
from constructs_dra.cli.completion import complete_file
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.options import accept_option, accepted, gates_option, version_option
from constructs_dra.cli.output import chosen_format, finish, output_options
from constructs_dra.cli.progress import Progress, progress_option
from constructs_dra.errors import Problem
from constructs_dra.garbage import uncollected
from constructs_dra.kubernetes.custom import custom_schemas
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.words import counted
from constructs_dra.yaml.documents import read_files

__all__ = ["command"]


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete_file)
@version_option
@gates_option
@click.option("--runtime-config", "served", multiple=True, metavar="API", help="API versions turned on in the cluster.")
@click.option("--complete", is_flag=True, help="The files are all there is: what they refer to and do not hold is an error.")
@click.option("--crds", "definitions", multiple=True, metavar="FILE", help="CustomResourceDefinitions of the cluster: a file or folder. Repeatable.")
@click.option("--cluster-per-folder", is_flag=True, help="Each sub-folder of a folder is a cluster of its own.")
@accept_option()
@progress_option
@output_options("One JSON object: problems, and how many objects there were.")
def command(
    files: Sequence[str],
    version: KubernetesVersion,
    gates: dict[str, bool],
    served: Sequence[str],
    definitions: Sequence[str],
    *,
    accept: dict[str, str],
    complete: bool,
    cluster_per_folder: bool,
    json_output: bool,
    progress: bool | None,
) -> None:
    """Check manifests: files, folders (recursively), or '-' for standard input.

    Each object is checked as the API server would, selectors against what drivers publish, and all objects against each other.
    CustomResourceDefinitions among the files are the schemas of what they define. Sub-folders side by side that hold the same objects
    are taken for clusters of their own.
    Problems go to stderr, one line each with its place; exit status 1 if one of them is an error.
    """
    wanted = sys.stderr.isatty() if progress is None else progress
    line = Progress(shown=wanted and chosen_format() in {"text", "github"})
    documents, problems = uncollected(read_files)(files, stdin=standard_input, watch=line.watch("read {done:,} of {total:,} characters"))
    setting = Setting(
        version=version,
        gates=gates,
        served=frozenset(api.partition("=")[0].strip() for text in served for api in text.split(",")),
        complete=complete,
        custom=_schemas(definitions, problems),
        folders=tuple(files) if cluster_per_folder else None,
    )
    found = uncollected(check_manifests)(documents, setting, watch=line.watch("checked {done:,} of {total:,} objects"))
    problems += accepted(found, accept)
    line.done()
    objects = list(collect(documents))
    count, layouts = len(objects), len(clusters(objects, setting.folders))
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    listed = ", ".join(counted(number, word) for number, word in ((errors, "error"), (warnings, "warning")) if number)
    several = f" in {layouts} clusters" if layouts > 1 else ""
    summary = f"{counted(count, 'object')}{several} for Kubernetes {version}: {listed or 'no problem'}"
    finish(problems, json_output=json_output, summary=summary, objects=count, kubernetes=str(version))


def _schemas(paths: Sequence[str], problems: list[Problem]) -> dict[str, dict[str, Any]]:
    """Schemas of the CustomResourceDefinitions in files; a path without any is a problem."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        documents, wrong = read_files([path], stdin=standard_input)
        problems += wrong
        schemas = custom_schemas(item.value for item in collect(documents))
        if not schemas and not wrong:
            problems.append(Problem("", "holds no CustomResourceDefinition", source=path))
        found |= schemas
    return found
