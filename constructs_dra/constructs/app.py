"""The app and the chart: cdk8s' own, where a failing synth leaves the output folder as it was."""

import os
from collections.abc import Sequence
from functools import cached_property

from constructs_dra.constructs.node import cdk8s
from constructs_dra.constructs.output import beside, output_folder, staged
from constructs_dra.errors import Problem, SpecError
from constructs_dra.manifest import to_yaml

__all__ = ["App", "Chart"]

Chart = cdk8s.Chart


class App(cdk8s.App):
    """`cdk8s.App`, except that `synth` writes beside the output folder and moves the files into it once all are written.

    An only chart is written by this library's emitter, because Node's needs 15 ms to get warm. `cdk8s.App` serves as well; taken from here it also
    finds the Node that pip installed, whatever is on PATH.
    """

    def __init__(
        self,
        *,
        outdir: str | os.PathLike[str] | None = None,
        output_file_extension: str | None = None,
        record_construct_metadata: bool | None = None,
        resolvers: Sequence[cdk8s.IResolver] | None = None,
        yaml_output_type: cdk8s.YamlOutputType | None = None,
    ) -> None:
        """Make an app.

        Args:
            outdir: Output folder. Default: `CDK8S_OUTDIR`, which `cdk8s synth` sets, else `dist`.
            output_file_extension: Default `.k8s.yaml`.
            record_construct_metadata: Write `construct-metadata.json` too. Default: what `CDK8S_RECORD_CONSTRUCT_METADATA` says.
            resolvers: Called for every value at synth; each is slow from Python.
            yaml_output_type: How objects are divided into files. Default: a file per chart.
        """
        self._folder = output_folder(outdir)
        self._staging = beside(self._folder)  # cdk8s takes the folder once, here
        recorded = record_construct_metadata or os.environ.get("CDK8S_RECORD_CONSTRUCT_METADATA") == "true"
        self._one_file = yaml_output_type in (None, cdk8s.YamlOutputType.FILE_PER_CHART) and not recorded
        self._extension = ".k8s.yaml" if output_file_extension is None else output_file_extension
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

        Raises:
            SpecError: A validation refuses the app, or a patch or resolver fails; the message is the one cdk8s gives.
        """
        try:
            with staged(self._folder, self._staging) as staging:
                if self._one_file and len(charts := self.charts) == 1:
                    (staging / f"{cdk8s.Names.to_dns_label(charts[0])}{self._extension}").write_text(to_yaml(charts[0].to_json()), encoding="utf-8")
                else:
                    super().synth()
        except RuntimeError as error:  # jsii's only kind
            raise SpecError([Problem("", f"cdk8s cannot synthesize the app: {error}")]) from error
