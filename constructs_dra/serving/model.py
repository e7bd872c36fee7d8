"""The model: what it is called, where its files come from and how they reach the containers."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Literal

from attrs import evolve, field, frozen

from constructs_dra.engines.models import ModelFacts
from constructs_dra.errors import Problems, SpecError, did_you_mean, shown
from constructs_dra.lexical.names import dns_subdomain_problem
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["MODEL_VOLUME", "ModelArtifacts"]

MODEL_VOLUME: Final = "model-storage"
"""Name of the volume that holds the model."""

Scheme = Literal["hf", "pvc", "pvc+hf", "oci"]

_FORMS: Mapping[str, str] = {
    "hf": "hf://<organisation>/<model>",
    "pvc": "pvc://<claim>/<path to the model>",
    "pvc+hf": "pvc+hf://<claim>/[<cache folder>/]<organisation>/<model>",
    "oci": "oci://<image reference>",
}


@frozen(kw_only=True, eq=False, repr=False)
class ModelArtifacts(Record):
    """The model to serve.

    The constructors `hf`, `pvc`, `pvc_hf` and `oci` say each form in its own words; `uri` holds the same as one text.

    Attributes:
        name: Name clients ask for (vLLM `--served-model-name`). Default: taken from the URI.
        uri: `hf://org/model` (downloaded at start), `pvc://claim/path` (files on a volume), `pvc+hf://claim/[folder/]org/model` (a Hugging Face
            cache on a volume), `oci://image` (an image volume, Kubernetes ≥ 1.35 or gate ImageVolume).
        size: Limit of the volume that holds a downloaded model. Default: no limit. Only for `hf://`.
        token_secret: Secret whose key `HF_TOKEN` holds the Hugging Face token. Default: none.
        mount_path: Where the model volume is mounted. Default `/model-cache`.
        read_only: Whether the model volume is mounted read-only. Default: yes for `pvc`, `pvc+hf` and `oci`, no for `hf`.
        image_pull_policy: When the image of an `oci://` model is pulled: `Always`, `IfNotPresent` or `Never`. Default: Kubernetes' own.
        labels: Labels of the pods, beside the role's. Default: `llm-d.ai/inference-serving` and `llm-d.ai/model`.
        facts: Its shape, for the checks of parallelism and memory: `ModelFacts.from_config("config.json")`. Default: what the catalogue knows.
    """

    ALIKE: ClassVar = False

    CROSS_CHECKED: ClassVar = frozenset({"uri", "mount_path"})

    name: str = field(default="", metadata=valid.text(empty=True))
    uri: str = field(metadata=valid.text())
    size: str | None = field(default=None, metadata=valid.quantity())
    token_secret: str | None = field(default=None, metadata=valid.dns_subdomain())
    mount_path: str = field(default="/model-cache", metadata=valid.text())
    read_only: bool | None = field(default=None, metadata=valid.boolean())
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = field(
        default=None, metadata=valid.choice("Always", "IfNotPresent", "Never")
    )
    labels: Mapping[str, str] | None = field(default=None, metadata=valid.labels())
    facts: ModelFacts | None = field(default=None, metadata=valid.instance(ModelFacts, type(None)))

    @classmethod
    def hf(
        cls,
        model: str,
        *,
        name: str = "",
        size: str | None = None,
        token_secret: str | None = None,
        mount_path: str = "/model-cache",
        labels: Mapping[str, str] | None = None,
        facts: ModelFacts | None = None,
    ) -> "ModelArtifacts":
        """A model that is downloaded from Hugging Face when a pod starts.

        Args:
            model: Its id, `organisation/model`.
            name: Name clients ask for. Default: the id.
            size: Limit of the volume it is downloaded to. Default: no limit.
            token_secret: Secret whose key `HF_TOKEN` holds the token, for gated models. Default: none.
            mount_path: Where the volume is mounted. Default `/model-cache`.
            labels: Labels of the pods. Default: the usual two.
            facts: Its shape, `ModelFacts.from_config("config.json")`. Default: what the catalogue knows.
        """
        fields: dict[str, Any] = {
            "name": name,
            "size": size,
            "token_secret": token_secret,
            "mount_path": mount_path,
            "labels": labels,
            "facts": facts,
        }
        return cls._of("hf", {"model": model}, lambda: model, fields)

    @classmethod
    def pvc(
        cls,
        claim: str,
        path: str,
        *,
        name: str = "",
        mount_path: str = "/model-cache",
        read_only: bool | None = None,
        labels: Mapping[str, str] | None = None,
        facts: ModelFacts | None = None,
    ) -> "ModelArtifacts":
        """Model files that lie in a folder of an existing volume.

        Args:
            claim: Name of the PersistentVolumeClaim.
            path: Folder of the model on it.
            name: Name clients ask for. Default: the path.
            mount_path: Where the volume is mounted. Default `/model-cache`.
            read_only: Whether it is mounted read-only. Default: yes.
            labels: Labels of the pods. Default: the usual two.
            facts: Its shape, `ModelFacts.from_config("config.json")`. Default: what the catalogue knows.
        """
        fields: dict[str, Any] = {"name": name, "mount_path": mount_path, "read_only": read_only, "labels": labels, "facts": facts}
        return cls._of("pvc", {"claim": claim, "path": path}, lambda: f"{claim}/{path.lstrip('/')}", fields)

    @classmethod
    def pvc_hf(
        cls,
        claim: str,
        model: str,
        *,
        name: str = "",
        cache: str = "",
        token_secret: str | None = None,
        mount_path: str = "/model-cache",
        read_only: bool | None = None,
        labels: Mapping[str, str] | None = None,
        facts: ModelFacts | None = None,
    ) -> "ModelArtifacts":
        """A model in a Hugging Face cache on an existing volume.

        Args:
            claim: Name of the PersistentVolumeClaim.
            model: Its id, `organisation/model`.
            name: Name clients ask for. Default: the id.
            cache: Folder of the cache on the volume. Default: its root.
            token_secret: Secret whose key `HF_TOKEN` holds the token. Default: none.
            mount_path: Where the volume is mounted. Default `/model-cache`.
            read_only: Whether it is mounted read-only. Default: yes.
            labels: Labels of the pods. Default: the usual two.
            facts: Its shape, `ModelFacts.from_config("config.json")`. Default: what the catalogue knows.
        """
        fields: dict[str, Any] = {
            "name": name,
            "token_secret": token_secret,
            "mount_path": mount_path,
            "read_only": read_only,
            "labels": labels,
            "facts": facts,
        }
        parts = {"claim": claim, "model": model, "cache": cache}
        return cls._of("pvc+hf", parts, lambda: "/".join(filter(None, (claim, cache.strip("/"), model))), fields)

    @classmethod
    def oci(
        cls,
        reference: str,
        *,
        name: str = "",
        mount_path: str = "/model-cache",
        image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None,
        labels: Mapping[str, str] | None = None,
        facts: ModelFacts | None = None,
    ) -> "ModelArtifacts":
        """A model packed as an OCI image, mounted as an image volume.

        Args:
            reference: The image, e.g. `registry.example.com/models/llama:3.1-8b`.
            name: Name clients ask for. Default: the image's name without registry and tag.
            mount_path: Where the image is mounted; vLLM reads the model from there. Default `/model-cache`.
            image_pull_policy: When the image is pulled. Default: Kubernetes' own.
            labels: Labels of the pods. Default: the usual two.
            facts: Its shape, `ModelFacts.from_config("config.json")`. Default: what the catalogue knows.
        """
        fields: dict[str, Any] = {"name": name, "mount_path": mount_path, "image_pull_policy": image_pull_policy, "labels": labels, "facts": facts}
        return cls._of("oci", {"reference": reference}, lambda: reference, fields)

    @classmethod
    def _of(cls, scheme: Scheme, parts: Mapping[str, object], location: Callable[[], str], fields: Mapping[str, Any]) -> "ModelArtifacts":
        """A model whose URI is put together from parts; these are called by their own names where they are wrong."""
        found = Problems()
        for name, value in parts.items():
            valid.text(empty=name == "cache")["check"](value, name, found)
        if not found.errors:
            return cls(uri=f"{scheme}://{location()}", **fields)
        with found.gather():
            cls(uri="hf://stands/in", **fields)  # so that mistakes in the other fields come out too
        raise SpecError(evolve(problem, source="ModelArtifacts") for problem in found.errors)

    @property
    def scheme(self) -> Scheme:
        """Which form the URI has."""
        return self.uri.partition("://")[0]  # type: ignore[return-value]  # cross_check holds it to the four

    @property
    def location(self) -> str:
        """What follows the scheme."""
        return self.uri.partition("://")[2]

    @property
    def claim_name(self) -> str:
        """The PersistentVolumeClaim that holds the model; empty for the other forms."""
        return self.location.partition("/")[0] if self.scheme.startswith("pvc") else ""

    @property
    def hub_cache(self) -> str:
        """Folder of the Hugging Face cache on the volume (`pvc+hf` only); empty for its root."""
        return "/".join(self.location.split("/")[1:-2]) if self.scheme == "pvc+hf" else ""

    @property
    def argument(self) -> str:
        """What the model server is started with: an id for Hugging Face forms, a path for the others."""
        if self.scheme == "hf":
            return self.location
        if self.scheme == "pvc+hf":
            return "/".join(self.location.split("/")[-2:])
        return f"{self.mount_path}/{self.location.partition('/')[2]}" if self.scheme == "pvc" else self.mount_path

    @property
    def served_name(self) -> str:
        """Name clients ask for."""
        if self.name:
            return self.name
        if self.scheme == "oci":
            return self.location.rpartition("/")[2].partition("@")[0].partition(":")[0]
        return self.argument if self.scheme != "pvc" else self.location.partition("/")[2]

    @property
    def volume_read_only(self) -> bool:
        """Whether the volume itself is attached read-only: always, unless writing to it was asked for."""
        return self.read_only is not False

    @property
    def mounted_read_only(self) -> bool:
        """Whether the model volume is mounted read-only."""
        return self.read_only if self.read_only is not None else self.scheme != "hf"

    def cross_check(self, problems: Problems) -> None:
        """The URI has one of the four forms, and the other fields fit the form."""
        scheme, mark, _ = self.uri.partition("://")
        if not mark:
            problems.add("uri", f"{shown(self.uri)} has no scheme", "write one of " + ", ".join(_FORMS.values()))
            return
        if scheme not in _FORMS:
            problems.add("uri", f"{shown(self.uri)} has the unknown scheme {shown(scheme)}", did_you_mean(scheme, _FORMS))
            return
        location = self.location
        parts = location.split("/")
        form = f"the form is {_FORMS[scheme]}"
        # a folder on a volume may be written with a slash behind it
        inner = parts[:-1] if scheme == "pvc" and len(parts) > 2 else parts
        if not location or "" in inner or any(blank in location for blank in " \t\n"):
            problems.add("uri", f"{shown(self.uri)} has an empty part or a blank", form)
            return
        if scheme.startswith("pvc") and (problem := dns_subdomain_problem(parts[0])):
            problems.add("uri", f"the claim {shown(parts[0])} {problem}")
        if scheme == "pvc" and len(parts) < 2:
            problems.add("uri", f"{shown(self.uri)} names no path on the volume", form)
        if scheme == "pvc+hf" and len(parts) < 3:
            problems.add("uri", f"{shown(self.uri)} names no model", form)
        if not self.mount_path.startswith("/"):
            problems.add("mount_path", f"{shown(self.mount_path)} is not absolute", "start it with '/'")
        elif ":" in self.mount_path:
            problems.add("mount_path", f"{shown(self.mount_path)} has a colon, which Kubernetes refuses")
