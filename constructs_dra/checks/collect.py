"""The objects of a set of documents, one by one, whatever they were wrapped in."""

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve, field, frozen

from constructs_dra.errors import Problem, join_path
from constructs_dra.kubernetes.shapes import at, mapping, text
from constructs_dra.rules import is_suppressible
from constructs_dra.suppression import ACCEPT_ANNOTATION, suppressed
from constructs_dra.yaml.document import Document

__all__ = ["Item", "collect"]

_NO_NAMESPACE = ""


@frozen(kw_only=True, eq=False, repr=False)
class Item:
    """One object of the set.

    Attributes:
        value: The object.
        document: The document it stands in; None when it came from memory.
        prefix: Its place in that document; empty when it is the whole.
        file: The file it is going to be written to, where it comes from memory.
        maker: What made it, where it comes from memory and that is known.
        kind: Its kind; empty when it has none.
        group: Its API group; empty for the core group.
        name: Its name; empty when it has none.
        namespace: Its namespace; empty when it leaves that to whoever applies it.
        labels: Its labels.
    """

    value: dict[str, Any]
    document: Document | None = None
    prefix: str = field(default="")
    file: str = ""
    maker: str = ""
    kind: str = field(init=False, repr=False)
    group: str = field(init=False, repr=False)
    name: str = field(init=False, repr=False)
    namespace: str = field(init=False, repr=False)
    labels: dict[str, Any] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        value, metadata = self.value, mapping(self.value.get("metadata"))
        write = object.__setattr__
        write(self, "kind", text(value.get("kind")))
        write(self, "group", text(value.get("apiVersion")).rpartition("/")[0])
        write(self, "name", text(metadata.get("name")))
        write(self, "namespace", text(metadata.get("namespace")))
        write(self, "labels", mapping(metadata.get("labels")))

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec."""
        return mapping(self.value.get("spec"))

    @property
    def live(self) -> bool:
        """Whether it was printed by a cluster, which has accepted it and kept what its gates allow."""
        return bool(at(self.value, "metadata", "uid"))

    @property
    def reasons(self) -> dict[str, str]:
        """The reasons in its annotations, by the rule that they are about."""
        annotations = mapping(mapping(self.value.get("metadata")).get("annotations"))
        return {
            key.removeprefix(ACCEPT_ANNOTATION): reason
            for key, reason in annotations.items()
            if isinstance(key, str) and key.startswith(ACCEPT_ANNOTATION) and isinstance(reason, str)
        }

    @property
    def title(self) -> str:
        """`Deployment/llama-decode`."""
        return f"{self.kind or 'object'}/{self.name}" if self.name else self.kind or "object"

    @property
    def source(self) -> str:
        """What its places start in where it has no document: what made it or the file it goes to, and its title."""
        return ": ".join(part for part in (self.maker or self.file, self.title) if part)

    def placed(self, problem: Problem) -> Problem:
        """A problem of this object with the place it has in the file; without a file, the object's title.

        The line of a problem, where it has one, is a line inside the text at its path.

        One whose rule an annotation of the object calls right, with the reason, is a warning.
        """
        reason = at(self.value, "metadata", "annotations", f"{ACCEPT_ANNOTATION}{problem.rule}") if is_suppressible(problem.rule) else None
        if isinstance(reason, str) and reason:
            problem = suppressed(problem, reason)
        path = join_path(self.prefix, problem.path)
        if self.document is None:
            return evolve(problem, path=path, source=problem.source or self.source, line=0, column=0)
        line, column = self.document.line_inside(path, problem.line, problem.column) if problem.line else self.document.line_of(path)
        return evolve(problem, path=path, source=self.document.source, line=line, column=column)

    def near(self, other: "Item") -> bool:
        """Whether two objects can be in one namespace: the same one, or one of them leaves it open."""
        return self.namespace == other.namespace or _NO_NAMESPACE in {self.namespace, other.namespace}

    @property
    def where(self) -> str:
        """File and line for mention in another object's problem; what made it, or its title, when there is no file."""
        if self.document is None:
            return self.maker or self.file or self.title
        line, _ = self.document.line_of(join_path(self.prefix, "metadata.name"))
        return f"{self.document.source}:{line}" if line else self.document.source


def collect(documents: Iterable[Document | dict[str, Any]], *, file: str = "") -> Iterator[Item]:
    """Every object; those inside lists (`List`, `PodList`, what `kubectl get` prints) one by one. What is not a mapping comes as an empty object.

    Args:
        documents: Documents, or plain objects.
        file: The file that plain objects go to. Default: not known.
    """
    for entry in documents:
        document = entry if isinstance(entry, Document) else None
        value = document.value if document is not None else entry
        yield from _unpacked(value, document, "", file, depth=0)


def _unpacked(value: Any, document: Document | None, prefix: str, file: str, depth: int) -> Iterator[Item]:
    inner = value.get("items") if isinstance(value, dict) else None
    if isinstance(inner, list) and text(value.get("kind")).endswith("List") and depth < 5:
        for index, item in enumerate(inner):
            if isinstance(item, dict):
                # lists of one kind leave it out of their entries
                own = {"apiVersion": value.get("apiVersion"), "kind": text(value.get("kind"))[:-4]} if value.get("kind") != "List" else {}
                yield from _unpacked(own | item, document, join_path(prefix, f"items[{index}]"), file, depth + 1)
        return
    yield Item(value=value if isinstance(value, dict) else {}, document=document, prefix=prefix, file=file)
