"""Names and labels: which texts Kubernetes takes for which purpose, and the fault in words.

Every `…_problem` function gives an empty text for a valid name and otherwise what is wrong with it, ready to follow the name in a message:
`'Gpu' may only hold lower-case letters, digits and '-'`. The rules are those of k8s.io/apimachinery `util/validation`. Fleets ask
for the same names over and over, so the answers are kept.
"""

import re
from functools import lru_cache

from constructs_dra.lazy import lazy_pattern

__all__ = [
    "c_identifier_problem",
    "config_key_problem",
    "dns1035_label_problem",
    "dns_label_problem",
    "dns_subdomain_problem",
    "domain_path_problem",
    "env_name_problem",
    "label_key_problem",
    "label_value_problem",
    "port_name_problem",
    "qualified_name_problem",
    "to_dns_label",
]

_LABEL = lazy_pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z")
_LABEL_1035 = lazy_pattern(r"[a-z](?:[-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN = lazy_pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_QUALIFIED = lazy_pattern(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z")
_C_IDENTIFIER = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CONFIG_KEY = lazy_pattern(r"[-._a-zA-Z0-9]+\Z")
_ENDS = "must start and end with a letter or digit"


def _length_problem(text: str, limit: int) -> str:
    if not text:
        return "must not be empty"
    size = len(text.encode(errors="surrogatepass"))
    return f"is {size} bytes long; at most {limit} are allowed" if size > limit else ""


@lru_cache(maxsize=4096)
def dns_label_problem(text: str) -> str:
    """RFC 1123 label: names of requests, containers, volumes, namespaces; at most 63 characters."""
    if problem := _length_problem(text, 63):
        return problem
    if _LABEL.match(text):
        return ""
    if re.search(r"[^-a-z0-9]", text):
        return "may only hold lower-case letters, digits and '-'"
    return "must start and end with a lower-case letter or digit"


def dns1035_label_problem(text: str) -> str:
    """RFC 1035 label: names of Services; like a DNS label, but it starts with a letter."""
    if problem := dns_label_problem(text):
        return problem
    return "" if _LABEL_1035.match(text) else "must start with a lower-case letter"


@lru_cache(maxsize=4096)
def dns_subdomain_problem(text: str) -> str:
    """RFC 1123 subdomain: names of most objects, device classes and drivers; at most 253 characters."""
    if problem := _length_problem(text, 253):
        return problem
    if _SUBDOMAIN.match(text):
        return ""
    if re.search(r"[^-.a-z0-9]", text):
        return "may only hold lower-case letters, digits, '-' and '.'"
    return "must start and end with a lower-case letter or digit, and so must each part between dots"


@lru_cache(maxsize=4096)
def qualified_name_problem(text: str) -> str:
    """A name with an optional DNS prefix, `example.com/name`: attribute ids with a domain, label keys, extended resources."""
    prefix, slash, name = text.rpartition("/")
    if slash:
        if not prefix:
            return "has an empty prefix before '/'"
        if "/" in prefix:
            return "may hold at most one '/'"
        if problem := dns_subdomain_problem(prefix):
            return f"has a prefix that is not a DNS name: {prefix!r} {problem}"
    if problem := _length_problem(name, 63):
        return problem.replace("must not be empty", "needs a name" + (" after '/'" if slash else ""), 1)
    if _QUALIFIED.match(name):
        return ""
    if re.search(r"[^-A-Za-z0-9_.]", name):
        return "may only hold letters, digits, '-', '_' and '.'"
    return _ENDS


@lru_cache(maxsize=4096)
def label_key_problem(text: str) -> str:
    """Key of a label or an annotation."""
    return qualified_name_problem(text)


@lru_cache(maxsize=4096)
def label_value_problem(text: str) -> str:
    """Value of a label: empty, or at most 63 letters, digits, `-`, `_` and `.`."""
    if not text:
        return ""
    if problem := _length_problem(text, 63):
        return problem
    if _QUALIFIED.match(text):
        return ""
    if re.search(r"[^-A-Za-z0-9_.]", text):
        return "may only hold letters, digits, '-', '_' and '.'"
    return _ENDS


def domain_path_problem(text: str) -> str:
    """What is wrong with the name of a controller, a domain and a path such as `example.com/controller`; empty when it is valid."""
    domain, _, path = text.partition("/")
    return "" if path and not dns_subdomain_problem(domain) else "must be a path with a domain, like example.com/controller"


def c_identifier_problem(text: str) -> str:
    """C identifier."""
    if not text:
        return "must not be empty"
    if _C_IDENTIFIER.match(text):
        return ""
    return "may only hold letters, digits and '_', and must not start with a digit"


@lru_cache(maxsize=4096)
def env_name_problem(text: str) -> str:
    """Name of an environment variable: any printable ASCII character but `=` (Kubernetes 1.34 and later)."""
    if not text:
        return "must not be empty"
    if re.search(r"[^ -<>-~]", text):
        return "may only hold printable ASCII characters other than '='"
    return ""


def config_key_problem(text: str) -> str:
    """Key in a ConfigMap or Secret: a file name of letters, digits, `-`, `_` and `.`."""
    if problem := _length_problem(text, 253):
        return problem
    if not _CONFIG_KEY.match(text):
        return "may only hold letters, digits, '-', '_' and '.'"
    if text == "." or text.startswith(".."):
        return "must not be '.' or start with '..'"
    return ""


@lru_cache(maxsize=4096)
def port_name_problem(text: str) -> str:
    """IANA service name: names of container and Service target ports; at most 15 characters, one letter at least."""
    if problem := _length_problem(text, 15):
        return problem
    if re.search(r"[^-a-z0-9]", text):
        return "may only hold lower-case letters, digits and '-'"
    if not re.search(r"[a-z]", text):
        return "must hold at least one letter"
    if "--" in text:
        return "must not hold '--'"
    return "must not start or end with '-'" if text[0] == "-" or text[-1] == "-" else ""


def to_dns_label(text: str, *, limit: int = 63) -> str:
    """A DNS label made from any text: valid by construction, the same for the same text, and different when something had to be cut.

    Args:
        text: E.g. a model name such as `meta-llama/Llama-3.1-8B`.
        limit: Longest result, at least 10. Default 63.
    """
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if name and len(name) <= limit:
        return name
    from hashlib import sha256  # noqa: PLC0415  (3 ms that names which fit need not pay)

    digest = sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
    kept = name[: limit - 9].rstrip("-")
    return f"{kept}-{digest}" if kept else f"x-{digest}"
