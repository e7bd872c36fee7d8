"""`constructs-dra kubeadm`: cluster configuration that turns on what manifests need."""

import sys
from collections.abc import Sequence

import click

from constructs_dra.checks.cluster_setup import cluster_setup
from constructs_dra.checks.collect import collect
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.options import gates_option, version_option
from constructs_dra.cli.output import finish, output_options, show
from constructs_dra.kubernetes.gates import GATES, gate_state
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.manifest import to_yaml
from constructs_dra.yaml.documents import read_files

__all__ = ["command"]


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE…]")
@version_option
@gates_option
@output_options("One JSON object: problems, configuration, gates and APIs turned on.")
def command(files: Sequence[str], version: KubernetesVersion, gates: dict[str, bool], *, json_output: bool) -> None:
    """Print the kubeadm configuration that turns on what these manifests need, and nothing that is on already.

    Without files, what plain claims need (and the gates asked for). What is turned on and why goes to stderr. Exit status 1, and no
    configuration, when something cannot be had in this version.
    """
    documents, problems = read_files(files, stdin=standard_input)
    setup = cluster_setup(collect(documents), version, extra_gates=[gate for gate, on in gates.items() if on])
    problems = [*problems, *setup.problems]
    configuration = [] if any(problem.severity == "error" for problem in problems) else setup.manifests()
    if json_output:
        finish(
            problems,
            json_output=True,
            configuration=configuration,
            gates=setup.gates,
            already_on=sorted(need.gate for need in setup.already_on),
            runtime_config=sorted(setup.served),
        )
    if configuration:
        click.echo(to_yaml(configuration), nl=False)
        for need in setup.turned_on:
            reason = f" {need.item.title} ({need.item.where})" if need.item.value else " as asked"
            state = gate_state(need.gate, version)
            click.echo(f"on: {need.gate}, {state} in Kubernetes {version}, for {GATES[need.gate].purpose}:{reason}", err=True)
        for served, item in setup.served.items():
            click.echo(f"on: API {served}, for {item.title} ({item.where})", err=True)
        for need in setup.already_on:
            click.echo(f"already on: {need.gate}, {gate_state(need.gate, version)}, for {GATES[need.gate].purpose}", err=True)
        if not setup.turned_on and not setup.served:
            click.echo(f"nothing to turn on: the defaults of Kubernetes {version} are enough", err=True)
    show(problems)
    sys.exit(0 if configuration else 1)
