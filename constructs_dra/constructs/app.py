"""The app and the chart: cdk8s' own, where a failing synth leaves the output folder as it was.

Whoever takes `App` from here writes a program: from then on `sys.excepthook` shows an uncaught `SpecError` and a missing Node as their message alone,
and leaves everything else to the hook before it. No other part of this library touches it.
"""

import atexit
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from attrs import evolve

from constructs_dra.constructs import error_report

error_report.install()  # before Node is looked for, so that its absence is reported too

from constructs_dra.constructs.agreement import Maker, agree  # noqa: E402
from constructs_dra.constructs.node import cdk8s, constructs  # noqa: E402
from constructs_dra.constructs.notices import Warnings, called_from  # noqa: E402
from constructs_dra.constructs.objects import makers  # noqa: E402
from constructs_dra.constructs.output import beside, output_folder, staged, writer  # noqa: E402
from constructs_dra.errors import Problem, Problems, SpecError, shown  # noqa: E402
from constructs_dra.kubernetes.kinds import is_cluster_scoped  # noqa: E402
from constructs_dra.lexical.names import dns_label_problem  # noqa: E402
from constructs_dra.manifest import Manifest, identity, to_yaml  # noqa: E402
from constructs_dra.noted import users_place  # noqa: E402
from constructs_dra.records import valid  # noqa: E402
from constructs_dra.yaml.documents import load_documents  # noqa: E402

__all__ = ["App", "Chart"]


class Chart(cdk8s.Chart):
    """`cdk8s.Chart`, except that what it gives to every object is checked before cdk8s takes it."""

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        disable_resource_name_hashes: bool | None = None,
    ) -> None:
        """Make a chart.

        Args:
            scope: The app, or a construct in one.
            id: Name of the chart in its scope, and of its file.
            namespace: Namespace of the objects that name none. Default: none written, so the one they are applied to.
            labels: Labels of all objects. Default: none.
            disable_resource_name_hashes: Leave the hash out of names that cdk8s makes; the names this library makes have none.

        Raises:
            SpecError: The namespace or a label is none that Kubernetes takes, or the scope has a child of that name.
        """
        problems = Problems()
        if namespace is not None and (fault := dns_label_problem(namespace) if isinstance(namespace, str) else "must be a string"):
            problems.add("namespace", f"{shown(namespace)} {fault}")
        if labels is not None:
            valid.labels()["check"](labels, "labels", problems)
        if problems.errors:
            raise SpecError(evolve(problem, source=f"Chart {shown(id)}") for problem in problems.errors)
        try:
            super().__init__(scope, id, namespace=namespace, labels=labels, disable_resource_name_hashes=disable_resource_name_hashes)
        except (RuntimeError, TypeError) as error:  # whatever cdk8s says, it says about the scope or the id
            raise SpecError([Problem("", str(error), "give it an App, and an id of its own", source=f"Chart {shown(id)}")]) from error


class _Forgotten:
    """Apps that a program makes and never synthesizes: nothing is written then, and nothing else would say so."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[tuple[str, int], ...]] = {}

    def expect(self, app: "App") -> None:
        place = users_place()
        main = getattr(sys.modules.get("__main__"), "__file__", None)
        if place and main is not None and Path(place[-1][0]).resolve() == Path(main).resolve():
            if not self._places:
                atexit.register(self._say)
            self._places[id(app)] = place

    def done(self, app: "App") -> None:
        self._places.pop(id(app), None)

    def _say(self) -> None:
        if getattr(sys, "last_value", None) is None:  # a program that failed has said what is wrong
            for place in self._places.values():
                print(f"{called_from(place)}: warning: synth() of this App is never called, so nothing was written", file=sys.stderr)  # noqa: T201


_forgotten = _Forgotten()


class App(cdk8s.App):
    """`cdk8s.App`, except that `synth` writes all files or none, in one style of YAML, and takes away the files of charts that are gone.

    The style is that of `to_yaml`, whatever the number of charts and however objects are divided into files. `cdk8s.App` serves as well; taken
    from here it also finds the Node that pip installed, whatever is on PATH.
    """

    def __init__(
        self,
        *,
        outdir: str | os.PathLike[str] | None = None,
        output_file_extension: str | None = None,
        record_construct_metadata: bool | None = None,
        resolvers: Sequence[cdk8s.IResolver] | None = None,
        yaml_output_type: cdk8s.YamlOutputType | None = None,
        warnings: Warnings | None = None,
    ) -> None:
        """Make an app.

        Args:
            outdir: Output folder. Default: `CDK8S_OUTDIR`, which `cdk8s synth` sets, else `dist`.
            output_file_extension: Default `.k8s.yaml`.
            record_construct_metadata: Write `construct-metadata.json` too. Default: what `CDK8S_RECORD_CONSTRUCT_METADATA` says.
            resolvers: Called for every value at synth; each is slow from Python.
            yaml_output_type: How objects are divided into files. Default: a file per chart.
            warnings: What `synth` does with warnings: `show` prints them to stderr, `error` refuses to write, `ignore` says nothing. Default:
                what `CONSTRUCTS_DRA_WARNINGS` says, else `show`.
        """
        self._folder = output_folder(outdir)
        self._staging = beside(self._folder)  # cdk8s takes the folder once, here
        recorded = record_construct_metadata or os.environ.get("CDK8S_RECORD_CONSTRUCT_METADATA") == "true"
        self._one_file = yaml_output_type in (None, cdk8s.YamlOutputType.FILE_PER_CHART) and not recorded
        self._extension = ".k8s.yaml" if output_file_extension is None else output_file_extension
        self._warnings: Warnings | None = warnings
        _forgotten.expect(self)
        self._writer = writer(self._folder)
        super().__init__(
            outdir=str(self._staging),
            output_file_extension=output_file_extension,
            record_construct_metadata=record_construct_metadata,
            resolvers=resolvers,
            yaml_output_type=yaml_output_type,
        )

    @cached_property
    def outdir(self) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]  (jsii takes a property for an override, and would write there)
        """The output folder."""
        return str(self._folder)

    def synth(self) -> None:
        """Write every chart into the output folder, or nothing.

        Objects of the app that disagree with each other are errors and warnings as in `constructs-dra check`; an annotation of the object that is
        told, `constructs-dra/accept-RULE: why it is right`, or `accept` of the service, suppresses one.

        Raises:
            SpecError: A validation refuses the app, or a patch or resolver fails, with the message that cdk8s gives; or objects disagree.
        """
        _forgotten.done(self)
        try:
            with staged(self._folder, self._staging, by=self._writer) as staging:
                if self._one_file and len(charts := self.charts) == 1:  # Node's emitter needs 15 ms to get warm
                    files = {f"{cdk8s.Names.to_dns_label(charts[0])}{self._extension}": charts[0].to_json()}
                else:
                    super().synth()
                    files = _read(staging, self._extension)
                agree(files, self._warnings, _Makers(self))
                for name, manifests in files.items():
                    (staging / name).write_text(to_yaml(manifests), encoding="utf-8")
        except RuntimeError as error:  # jsii's only kind
            raise SpecError([Problem("", f"cdk8s cannot synthesize the app: {error}")]) from error


def _read(folder: Path, extension: str) -> dict[str, list[Manifest]]:
    """What cdk8s wrote, which is written once more in the style of this library."""
    found: dict[str, list[Manifest]] = {}
    for path in sorted(folder.rglob(f"*{extension}")):
        documents, problems = load_documents(path.read_bytes(), path.name)
        if problems:
            raise SpecError(problems)
        found[path.relative_to(folder).as_posix()] = [document.value for document in documents]
    return found


class _Makers:
    """Who made the objects of an app; objects that are cdk8s' own are looked for in Node, which is slow, and only once something is wrong."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, manifest: Manifest) -> Maker | None:
        name = identity(manifest)
        return self._ours.get(name) or self._ours.get((*name[:2], "", name[3])) or self._raw.get(name)

    @cached_property
    def _ours(self) -> Mapping[tuple[str, str, str, str], Maker]:
        made = makers(self._app)
        return {(*name[:2], "", name[3]): maker for name, maker in made.items() if is_cluster_scoped(*name[:2])} | dict(made)

    @cached_property
    def _raw(self) -> Mapping[tuple[str, str, str, str], Maker]:
        objects = (node for node in self._app.node.find_all() if isinstance(node, cdk8s.ApiObject))
        return {
            (each.api_version, each.kind, each.metadata.namespace or "", each.name): Maker(type(each).__name__, each.node.path) for each in objects
        }
