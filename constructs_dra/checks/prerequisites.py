"""What a cluster must have already for a set of objects: everything they name that is not among them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from attrs import field, frozen

from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.checks.mentions import Mention, is_everywhere, mentions
from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.api import api, custom_kinds
from constructs_dra.kubernetes.kinds import is_cluster_scoped
from constructs_dra.kubernetes.shapes import at, mapping, sequence, text
from constructs_dra.lexical.versions import NEWEST_VERSION

__all__ = ["Prerequisite", "prerequisites"]


@frozen(kw_only=True)
class Prerequisite:
    """Something that must be there before the objects are applied.

    Attributes:
        kind: Its kind.
        name: Its name; of a CustomResourceDefinition the kind it brings, as `group/version Kind`.
        namespace: Its namespace; empty for what has none, or where the objects leave it open.
        users: Title and place of each object that names it.
        optional: Whether all of them do without it.
        found: Whether the cluster has it; None where that is not known.
        hint: A near name that the cluster has.
    """

    kind: str
    name: str
    namespace: str = ""
    users: Sequence[tuple[str, str]] = field(factory=tuple)
    optional: bool = False
    found: bool | None = None
    hint: str = ""

    def __str__(self) -> str:
        """Kind and name, with the namespace where it counts."""
        where = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.name}{where}"


def prerequisites(objects: Iterable[Item], cluster: Iterable[Item] | None = None) -> list[Prerequisite]:
    """Everything that the objects name and that is not among them, sorted.

    Args:
        objects: The objects.
        cluster: What a cluster has, as `kubectl get -o yaml` prints it. Default: not known. A kind of which it shows nothing counts as not known too.
    """
    own = Cluster(objects=list(objects))
    theirs = Cluster(objects=list(cluster)) if cluster is not None else None
    found: dict[tuple[str, str, str], list[tuple[Item, Mention]]] = {}
    for item in own.objects:
        for named in _needed(item):
            if is_everywhere(named) or own.find(named.kind, named.name, item) is not None:
                continue
            namespace = "" if _is_cluster_wide(named.kind) else item.namespace
            found.setdefault((named.kind, namespace, named.name), []).append((item, named))
    return [_judged(key, users, theirs) for key, users in sorted(found.items(), key=lambda each: each[0])]


@cache
def _is_cluster_wide(kind: str) -> bool:
    """Whether objects of a kind have no namespace, by its name alone; no custom resource known here has one in common with another."""
    custom = next((known.split(" ")[0] for known in custom_kinds() if known.endswith(f" {kind}")), "")
    return is_cluster_scoped(custom, kind)


def _judged(key: tuple[str, str, str], named: Sequence[tuple[Item, Mention]], theirs: Cluster | None) -> Prerequisite:
    kind, namespace, name = key
    users = tuple(dict.fromkeys((item.title, _place(item, mention.path)) for item, mention in named))
    there, hint = None, ""
    if theirs is not None:
        there, hint = _at_hand(kind, name, named[0][0], theirs)
    optional = all(mention.optional for _, mention in named)
    return Prerequisite(kind=kind, name=name, namespace=namespace, users=users, optional=optional, found=there, hint=hint)


def _place(item: Item, path: str) -> str:
    if item.document is None:
        return path
    line, _ = item.document.line_of(f"{item.prefix}.{path}" if item.prefix else path)
    return f"{item.document.source}:{line}"


def _at_hand(kind: str, name: str, user: Item, theirs: Cluster) -> tuple[bool | None, str]:
    """Whether a cluster has something, and a near name where it does not."""
    if kind == "CustomResourceDefinition":
        known = {served for item in theirs.of(kind) for served in _served(item)}
        return (name in known, did_you_mean(name, known, fallback=lambda _: "")) if known else (None, "")
    if not theirs.has(kind):
        return None, ""
    if theirs.find(kind, name, user) is not None:
        return True, ""
    return False, did_you_mean(name, theirs.names(kind, user), fallback=lambda _: "")


def _served(item: Item) -> Iterator[str]:
    """What a CustomResourceDefinition brings, as `group/version Kind`."""
    for version in sequence(item.spec.get("versions")):
        if mapping(version).get("served") is not False:
            yield f"{text(item.spec.get('group'))}/{text(mapping(version).get('name'))} {text(at(item.spec, 'names', 'kind'))}"


def _needed(item: Item) -> Iterator[Mention]:
    """Everything that has to be there for an object."""
    api_version = text(item.value.get("apiVersion"))
    group = api_version.rpartition("/")[0]
    if "." in group and f"{api_version} {item.kind}" not in api(NEWEST_VERSION).kinds and not group.endswith(".k8s.io.config"):
        yield Mention("CustomResourceDefinition", f"{api_version} {item.kind}", "apiVersion")
    if item.namespace:
        yield Mention("Namespace", item.namespace, "metadata.namespace")
    yield from (each for each in mentions(item) if not each.namespace)
