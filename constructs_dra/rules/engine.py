"""Rules about the command line and environment of model servers, sidecars and pickers, by version."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

_STOPS = "The server prints its usage and exits; the pod restarts until somebody reads its log."

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "engine-argument-extra",
        "an argument of the engine belongs to no flag",
        why=_STOPS,
        fix="Write the value right after its flag, or quote a value that holds spaces.",
        overrulable=True,
    ),
    Rule(
        "engine-config-file",
        "the file that --config names cannot be one",
        why="The server stops before it reads any flag.",
        fix="Name one file that ends in .yaml or .yml and holds a mapping of flags to values.",
        overrulable=True,
    ),
    Rule(
        "engine-config-ignored",
        "--config=FILE is ignored",
        why="Every version of vLLM looks for --config as an argument of its own; in the other spelling the file is never read and nothing says so.",
        fix="Write --config and the file as two arguments.",
        severity="warning",
        overrulable=True,
    ),
    Rule(
        "engine-flag-abbreviated",
        "a flag is abbreviated",
        why="The parser completes a name while only one flag begins so. A later version with a second such flag refuses the line as ambiguous.",
        fix="Write the whole name.",
        severity="warning",
        overrulable=True,
    ),
    Rule(
        "engine-flag-ambiguous",
        "an abbreviated flag could be several",
        why=_STOPS,
        fix="Write the whole name.",
        overrulable=True,
    ),
    Rule(
        "engine-flag-choice",
        "a flag's value is not one of those the version takes",
        why=_STOPS,
        overrulable=True,
    ),
    Rule(
        "engine-flag-deprecated",
        "a flag is deprecated in the image's version",
        why="The flag still works and a later version refuses it.",
        severity="warning",
        overrulable=True,
    ),
    Rule(
        "engine-flag-help",
        "a flag makes the engine print its help and exit",
        why="The pod ends at once and is restarted.",
        fix="Leave it out.",
        overrulable=True,
    ),
    Rule(
        "engine-flag-json",
        "a flag's JSON cannot be read",
        why=_STOPS,
        fix="Write valid JSON, in single quotes inside a shell script.",
        overrulable=True,
    ),
    Rule("engine-flag-key", "a flag's JSON has a key that the version does not take", why=_STOPS, overrulable=True),
    Rule(
        "engine-flag-some-versions",
        "the image's version is not known, and some versions refuse the command line",
        why="If the image holds one of those versions, the server prints its usage and exits.",
        fix="Say which version is in the image, or pick an image whose tag tells.",
        severity="warning",
        overrulable=True,
    ),
    Rule(
        "engine-flag-twice",
        "a flag is given twice",
        why="The last one wins; the first has no effect, which nobody sees.",
        fix="Keep one.",
        severity="warning",
        overrulable=True,
    ),
    Rule("engine-flag-unknown", "no version of the engine has the flag", why=_STOPS, overrulable=True),
    Rule("engine-flag-value", "a flag's value has the wrong type, or is missing", why=_STOPS, overrulable=True),
    Rule("engine-flag-version", "the image's version does not have the flag", why=_STOPS, overrulable=True),
    Rule(
        "engine-model-place",
        "the model is not where the version looks for it",
        why=_STOPS,
        fix="Write the model right after `vllm serve`.",
        overrulable=True,
    ),
    Rule(
        "engine-script",
        "the shell script that starts the engine cannot be read",
        why="The shell stops with a syntax error and the server never starts.",
        overrulable=True,
    ),
    Rule(
        "engine-unread",
        "part of the command line is known only when the container runs",
        why="Flags in it are not checked, and what the checks count may be wrong.",
        fix="Write the flags down where they do not depend on the cluster.",
        severity="warning",
        overrulable=True,
    ),
    Rule(
        "engine-variable-unknown",
        "a VLLM_ variable that the engine does not read",
        why="It has no effect: the name is misspelt, or belongs to another version.",
        severity="warning",
        overrulable=True,
    ),
    Rule(
        "engine-variable-value",
        "a VLLM_ variable has a value that the engine misreads",
        why="Depending on the variable the server fails when it reads it, or takes it for the opposite.",
        severity="warning",
        overrulable=True,
    ),
)
