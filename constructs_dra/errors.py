"""Problems: what every check of this library reports, and the error that carries them.

A check never stops at the first mistake. It collects `Problem` records, each with the place, the fault and the hint, and whoever called it
decides: constructors raise one `SpecError` with all of them, commands print them all and exit 1.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from attrs import Factory, evolve, field, frozen

from constructs_dra.credentials import without_credentials
from constructs_dra.rules import Severity, row
from constructs_dra.words import did_you_mean, shown, unquoted

__all__ = ["Problem", "Problems", "Severity", "SpecError", "did_you_mean", "join_path", "shown", "unquoted"]


def _default_severity(problem: "Problem") -> Severity:
    return row(problem.rule).severity


@frozen
class Problem:
    """One mistake: where it is, what is wrong and what to do.

    Attributes:
        path: Place inside the object, in the spelling the user wrote, e.g. `decode.containers[0].ports[1].name`. Empty for the whole.
        message: What is wrong, in words that also say which value was met; no password or key is ever repeated in it.
        hint: What to do about it. Empty when the message already says so.
        rule: Name of the check in the table of rules (`constructs_dra.rules`), e.g. `count-parallelism`; what a user names to suppress it. Empty for
            checks without a name, which nobody can suppress.
        severity: `error` refuses the input; `warning` is reported and the work goes on. Default: what the table says of the rule, else `error`.
        source: File (or object, e.g. `Deployment/llama-decode`) the path starts in. Empty when there is only one.
        line: Line in that file, from 1; 0 when unknown.
        column: Column in that line, from 1; 0 when unknown.
        accepted: Why somebody calls it right all the same; empty where nobody does.
    """

    path: str
    message: str = field(converter=without_credentials)
    hint: str = field(default="", converter=without_credentials)
    rule: str = field(default="", kw_only=True)
    severity: Severity = field(default=Factory(_default_severity, takes_self=True), kw_only=True)
    source: str = field(default="", kw_only=True)
    line: int = field(default=0, kw_only=True)
    column: int = field(default=0, kw_only=True)
    accepted: str = field(default="", kw_only=True)

    def __str__(self) -> str:
        """Place, fault and hint as one readable line; the hint starts on a line of its own when there is one."""
        place = self.source
        if self.line:
            place += f":{self.line}" + (f":{self.column}" if self.column else "")
        where = ": ".join(part for part in (place, self.path) if part)
        text = f"{where}: {self.message}" if where else self.message
        if not self.hint:
            return text
        return f"{text}{'' if text.endswith('^') else ';'}\n  {self.hint}"  # a caret stands alone

    def under(self, prefix: str) -> "Problem":
        """The same problem seen from an enclosing object: `prefix` goes before its path."""
        return evolve(self, path=join_path(prefix, self.path))


def join_path(prefix: str, path: str) -> str:
    """Join two places: `a` and `b` give `a.b`, `a` and `[0]` give `a[0]`, an empty side gives the other."""
    if not prefix or not path:
        return prefix or path
    return f"{prefix}{path}" if path.startswith("[") else f"{prefix}.{path}"


class SpecError(ValueError):
    """What was described cannot be right; carries every problem found, not the first.

    Attributes:
        problems: All of them, in the order they were found.
        record: The record that was refused, where it came to be made; to ask what else there is to say of it.
    """

    def __init__(self, problems: Iterable[Problem], record: object = None) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.record = record
        if not self.problems:
            msg = "a SpecError needs at least one problem"
            raise RuntimeError(msg)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Every problem, one after the other."""
        return "\n".join(map(str, self.problems))


class Problems:
    """A collector: checks add to it, `raise_errors` ends the work once everything was looked at."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: str, message: str, hint: str = "", *, rule: str = "", severity: Severity | None = None) -> None:
        """Note one mistake; its severity is by default the one of the rule."""
        judged = severity or row(rule).severity
        self._found.append(Problem(path, message, hint, rule=rule, severity=judged))

    def extend(self, problems: Iterable[Problem], *, under: str = "") -> None:
        """Take over problems found elsewhere, their paths put below `under`."""
        self._found.extend(problem.under(under) if under else problem for problem in problems)

    @contextmanager
    def gather(self, under: str = "") -> Iterator[None]:
        """Run a block; a `SpecError` raised in it becomes part of this collection instead of ending the work."""
        try:
            yield
        except SpecError as error:
            self.extend(error.problems, under=under)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that refuse the input."""
        return tuple(problem for problem in self._found if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Those that do not."""
        return tuple(problem for problem in self._found if problem.severity == "warning")

    def raise_errors(self, source: str = "") -> None:
        """Raise one `SpecError` with every error collected so far, if there is one.

        Args:
            source: What the paths start in, for problems that do not say it. Default: nothing.
        """
        if self.errors:
            raise SpecError(evolve(problem, source=source) if source and not problem.source else problem for problem in self.errors)
