"""Rules about volumes of models and the downloads that fill them."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    stricter_rule(
        "model-storage",
        "a volume for a model that its servers or its download cannot use",
        why="Pods wait for the volume, or the download fails.",
        fix="Let the volume be shared, and the model lie in a Hugging Face cache on it.",
    ),
)
