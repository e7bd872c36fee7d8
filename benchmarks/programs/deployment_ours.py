"""One Deployment as a model service that makes nothing else, checks included."""

from collections.abc import Callable
from typing import Any

from benchmarks.programs.fleet import role


def prepare() -> tuple[Any, Callable[[int], None]]:
    """The app, and what adds the Deployment of a number to it."""
    from constructs_dra import App, Chart, ModelArtifacts, ModelServiceDeployment, ServiceAccount  # noqa: PLC0415  (starts Node)

    app = App()
    chart = Chart(app, "deployments")

    def add(number: int) -> None:
        ModelServiceDeployment(
            chart,
            f"model-{number:04}",
            model=ModelArtifacts.hf(f"example/model-{number}", size="200Gi", token_secret="hf-token"),
            decode=role(2, 4, []),
            service_account=ServiceAccount(name="default", create=False),
        )

    return app, add
