"""Which functions and operators a selector may call: those of Kubernetes' CEL environment (k8s.io/apiserver/pkg/cel/environment) and no others.

Each line is `overload id | signature | result`; a signature with a dot before the function's name is called on a value. Capital letters are type
parameters. The ids are cel-go's and Kubernetes', because the cost of a call depends on its overload. Their order is theirs too: where the type of an
argument is open, as that of `[]`, the first overload settles it. A fourth part says which Kubernetes version brought a function, where that is not
older than all versions known here.
"""

from functools import cache

from attrs import frozen

from constructs_dra.cel.types import (
    ANY,
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    TYPE,
    UINT,
    Type,
    list_of,
    map_of,
    opaque,
    optional_of,
    param,
    struct,
    type_of,
)  # fmt: skip

__all__ = ["COMPARABLE", "QUANTITY", "SEMVER", "TYPE_NAMES", "Overload", "overloads"]

QUANTITY = struct("kubernetes.Quantity")
SEMVER = struct("kubernetes.Semver")

_WORDS: dict[str, Type] = {
    "bool": BOOL, "bytes": BYTES, "double": DOUBLE, "duration": DURATION, "dyn": DYN, "int": INT, "null": NULL, "string": STRING,
    "timestamp": TIMESTAMP, "type": TYPE, "uint": UINT, "A": param("A"), "B": param("B"), "K": param("K"), "V": param("V"),
    "quantity": QUANTITY, "semver": SEMVER, "ip": opaque("net.IP"), "cidr": opaque("net.CIDR"), "url": struct("kubernetes.URL"),
    "format": struct("kubernetes.NamedFormat"), "authorizer": struct("kubernetes.authorization.Authorizer"),
    "pathcheck": struct("kubernetes.authorization.PathCheck"), "groupcheck": struct("kubernetes.authorization.GroupCheck"),
    "resourcecheck": struct("kubernetes.authorization.ResourceCheck"), "decision": struct("kubernetes.authorization.Decision"),
}  # fmt: skip

TYPE_NAMES: dict[str, Type] = {
    "bool": BOOL, "bytes": BYTES, "double": DOUBLE, "int": INT, "list": list_of(DYN), "map": map_of(DYN, DYN), "null_type": NULL, "string": STRING,
    "type": TYPE, "uint": UINT, "google.protobuf.Duration": DURATION, "google.protobuf.Timestamp": TIMESTAMP,
    "net.IP": opaque("net.IP"), "net.CIDR": opaque("net.CIDR"), "optional_type": optional_of(DYN), "google.protobuf.Any": ANY,
}  # fmt: skip
"""Types that can be named in an expression, as in `type(x) == string`."""

_DECLARED = """
conditional | _?_:_(bool, A, A) | A
logical_and | _&&_(bool, bool) | bool
logical_or | _||_(bool, bool) | bool
logical_not | !_(bool) | bool
not_strictly_false | @not_strictly_false(bool) | bool
equals | _==_(A, A) | bool
not_equals | _!=_(A, A) | bool
add_bytes | _+_(bytes, bytes) | bytes
add_double | _+_(double, double) | double
add_duration_duration | _+_(duration, duration) | duration
add_duration_timestamp | _+_(duration, timestamp) | timestamp
add_timestamp_duration | _+_(timestamp, duration) | timestamp
add_int64 | _+_(int, int) | int
add_list | _+_(list(A), list(A)) | list(A)
add_string | _+_(string, string) | string
add_uint64 | _+_(uint, uint) | uint
subtract_double | _-_(double, double) | double
subtract_duration_duration | _-_(duration, duration) | duration
subtract_int64 | _-_(int, int) | int
subtract_timestamp_duration | _-_(timestamp, duration) | timestamp
subtract_timestamp_timestamp | _-_(timestamp, timestamp) | duration
subtract_uint64 | _-_(uint, uint) | uint
multiply_double | _*_(double, double) | double
multiply_int64 | _*_(int, int) | int
multiply_uint64 | _*_(uint, uint) | uint
divide_double | _/_(double, double) | double
divide_int64 | _/_(int, int) | int
divide_uint64 | _/_(uint, uint) | uint
modulo_int64 | _%_(int, int) | int
modulo_uint64 | _%_(uint, uint) | uint
negate_double | -_(double) | double
negate_int64 | -_(int) | int
in_list | @in(A, list(A)) | bool
in_map | @in(A, map(A, B)) | bool
index_list | _[_](list(A), int) | A
index_map | _[_](map(A, B), A) | B
optional_list_index_value | _[_](optional(list(V)), int) | optional(V)
optional_map_index_value | _[_](optional(map(K, V)), K) | optional(V)
list_optindex_optional_int | _[?_](list(V), int) | optional(V)
optional_list_optindex_optional_int | _[?_](optional(list(V)), int) | optional(V)
map_optindex_optional_value | _[?_](map(K, V), K) | optional(V)
optional_map_optindex_optional_value | _[?_](optional(map(K, V)), K) | optional(V)
optional_none | optional.none() | optional(V)
optional_of | optional.of(V) | optional(V)
optional_ofNonZeroValue | optional.ofNonZeroValue(V) | optional(V)
optional_unwrap | optional.unwrap(list(optional(V))) | list(V)
optional_unwrapOpt | .unwrapOpt(list(optional(V))) | list(V)
optional_value | .value(optional(V)) | V
optional_hasValue | .hasValue(optional(V)) | bool
optional_or_optional | .or(optional(V), optional(V)) | optional(V)
optional_orValue_value | .orValue(optional(V), V) | V
list_first | .first(list(V)) | optional(V)
list_last | .last(list(V)) | optional(V)
bytes_size | .size(bytes) | int
list_size | .size(list(A)) | int
map_size | .size(map(A, B)) | int
string_size | .size(string) | int
size_bytes | size(bytes) | int
size_list | size(list(A)) | int
size_map | size(map(A, B)) | int
size_string | size(string) | int
contains_string | .contains(string, string) | bool
ends_with_string | .endsWith(string, string) | bool
starts_with_string | .startsWith(string, string) | bool
matches | matches(string, string) | bool
matches_string | .matches(string, string) | bool
type | type(A) | type(A)
to_dyn | dyn(A) | dyn
bool_to_bool | bool(bool) | bool
string_to_bool | bool(string) | bool
bytes_to_bytes | bytes(bytes) | bytes
string_to_bytes | bytes(string) | bytes
double_to_double | double(double) | double
int64_to_double | double(int) | double
string_to_double | double(string) | double
uint64_to_double | double(uint) | double
duration_to_duration | duration(duration) | duration
int64_to_duration | duration(int) | duration
string_to_duration | duration(string) | duration
int64_to_int64 | int(int) | int
double_to_int64 | int(double) | int
duration_to_int64 | int(duration) | int
string_to_int64 | int(string) | int
timestamp_to_int64 | int(timestamp) | int
uint64_to_int64 | int(uint) | int
bool_to_string | string(bool) | string
bytes_to_string | string(bytes) | string
double_to_string | string(double) | string
duration_to_string | string(duration) | string
int64_to_string | string(int) | string
string_to_string | string(string) | string
timestamp_to_string | string(timestamp) | string
uint64_to_string | string(uint) | string
ip_to_string | string(ip) | string
cidr_to_string | string(cidr) | string
int64_to_timestamp | timestamp(int) | timestamp
string_to_timestamp | timestamp(string) | timestamp
timestamp_to_timestamp | timestamp(timestamp) | timestamp
double_to_uint64 | uint(double) | uint
int64_to_uint64 | uint(int) | uint
string_to_uint64 | uint(string) | uint
uint64_to_uint64 | uint(uint) | uint
duration_to_hours | .getHours(duration) | int
duration_to_minutes | .getMinutes(duration) | int
duration_to_seconds | .getSeconds(duration) | int
duration_to_milliseconds | .getMilliseconds(duration) | int
list_sets_contains_list | sets.contains(list(A), list(A)) | bool
list_sets_equivalent_list | sets.equivalent(list(A), list(A)) | bool
list_sets_intersects_list | sets.intersects(list(A), list(A)) | bool
@mapInsert_map_key_value | cel.@mapInsert(map(K, V), K, V) | map(K, V)
@mapInsert_map_map | cel.@mapInsert(map(K, V), map(K, V)) | map(K, V)
string_char_at_int | .charAt(string, int) | string
string_format | .format(string, list(dyn)) | string
string_index_of_string | .indexOf(string, string) | int
string_index_of_string_int | .indexOf(string, string, int) | int
string_last_index_of_string | .lastIndexOf(string, string) | int
string_last_index_of_string_int | .lastIndexOf(string, string, int) | int
list_join | .join(list(string)) | string
list_join_string | .join(list(string), string) | string
string_lower_ascii | .lowerAscii(string) | string
string_upper_ascii | .upperAscii(string) | string
string_replace_string_string | .replace(string, string, string) | string
string_replace_string_string_int | .replace(string, string, string, int) | string
string_split_string | .split(string, string) | list(string)
string_split_string_int | .split(string, string, int) | list(string)
string_substring_int | .substring(string, int) | string
string_substring_int_int | .substring(string, int, int) | string
string_trim | .trim(string) | string
strings_quote | strings.quote(string) | string
string_find_string | .find(string, string) | string
string_find_all_string | .findAll(string, string) | list(string)
string_find_all_string_int | .findAll(string, string, int) | list(string)
list_a_index_of_int | .indexOf(list(A), A) | int
list_a_last_index_of_int | .lastIndexOf(list(A), A) | int
list_slice | .slice(list(A), int, int) | list(A) | 1.35
list_flatten | .flatten(list(list(A))) | list(A) | 1.35
list_flatten_int | .flatten(list(dyn), int) | list(dyn) | 1.35
lists_range | lists.range(int) | list(int) | 1.35
list_reverse | .reverse(list(A)) | list(A) | 1.35
list_distinct | .distinct(list(A)) | list(A) | 1.35
string_to_url | url(string) | url
is_url_string | isURL(string) | bool
url_get_scheme | .getScheme(url) | string
url_get_host | .getHost(url) | string
url_get_hostname | .getHostname(url) | string
url_get_port | .getPort(url) | string
url_get_escaped_path | .getEscapedPath(url) | string
url_get_query | .getQuery(url) | map(string, list(string))
string_to_ip | ip(string) | ip
cidr_ip | .ip(cidr) | ip
is_ip | isIP(string) | bool
ip_is_canonical | ip.isCanonical(string) | bool
ip_family | .family(ip) | int
ip_is_unspecified | .isUnspecified(ip) | bool
ip_is_loopback | .isLoopback(ip) | bool
ip_is_link_local_multicast | .isLinkLocalMulticast(ip) | bool
ip_is_link_local_unicast | .isLinkLocalUnicast(ip) | bool
ip_is_global_unicast | .isGlobalUnicast(ip) | bool
string_to_cidr | cidr(string) | cidr
is_cidr | isCIDR(string) | bool
cidr_contains_ip_ip | .containsIP(cidr, ip) | bool
cidr_contains_ip_string | .containsIP(cidr, string) | bool
cidr_contains_cidr | .containsCIDR(cidr, cidr) | bool
cidr_contains_cidr_string | .containsCIDR(cidr, string) | bool
cidr_masked | .masked(cidr) | cidr
cidr_prefix_length | .prefixLength(cidr) | int
string_to_quantity | quantity(string) | quantity
is_quantity_string | isQuantity(string) | bool
quantity_sign | sign(quantity) | int
quantity_is_greater_than | .isGreaterThan(quantity, quantity) | bool
quantity_is_less_than | .isLessThan(quantity, quantity) | bool
quantity_compare_to | .compareTo(quantity, quantity) | int
quantity_get_float | .asApproximateFloat(quantity) | double
quantity_get_int | .asInteger(quantity) | int
quantity_is_integer | .isInteger(quantity) | bool
quantity_add | .add(quantity, quantity) | quantity
quantity_add_int | .add(quantity, int) | quantity
quantity_sub | .sub(quantity, quantity) | quantity
quantity_sub_int | .sub(quantity, int) | quantity
string_to_semver | semver(string) | semver
string_bool_to_semver | semver(string, bool) | semver
is_semver_string | isSemver(string) | bool
is_semver_string_bool | isSemver(string, bool) | bool
semver_is_greater_than | .isGreaterThan(semver, semver) | bool
semver_is_less_than | .isLessThan(semver, semver) | bool
semver_compare_to | .compareTo(semver, semver) | int
semver_major | .major(semver) | int
semver_minor | .minor(semver) | int
semver_patch | .patch(semver) | int
format-named | format.named(string) | optional(format)
format-validate | .validate(format, string) | optional(list(string))
authorizer_path | .path(authorizer, string) | pathcheck
authorizer_group | .group(authorizer, string) | groupcheck
authorizer_serviceaccount | .serviceAccount(authorizer, string, string) | authorizer
groupcheck_resource | .resource(groupcheck, string) | resourcecheck
resourcecheck_subresource | .subresource(resourcecheck, string) | resourcecheck
resourcecheck_namespace | .namespace(resourcecheck, string) | resourcecheck
resourcecheck_name | .name(resourcecheck, string) | resourcecheck
pathcheck_check | .check(pathcheck, string) | decision
resourcecheck_check | .check(resourcecheck, string) | decision
decision_error | .error(decision) | string
decision_errored | .errored(decision) | bool
decision_allowed | .allowed(decision) | bool
decision_reason | .reason(decision) | string
"""

COMPARABLE = ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
"""Types whose values have an order, as the functions of lists go through them."""

_ORDERED = ("bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration")
_CROSS = (("int", "double"), ("int", "uint"), ("uint", "double"), ("uint", "int"), ("double", "int"), ("double", "uint"))
_IDS = {"int": "int64", "uint": "uint64"}
_LISTS = {"isSorted": "bool", "sum": "", "max": "", "min": ""}
_SUMMABLE = ("int", "uint", "double", "duration")
_DATES = (
    "FullYear", "Month", "DayOfYear", "DayOfMonth", "Date", "DayOfWeek", "Hours", "Minutes", "Seconds", "Milliseconds",
)  # fmt: skip
_FORMATS = (
    "dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "dns1123LabelPrefix", "dns1123SubdomainPrefix", "dns1035LabelPrefix",
    "labelValue", "uri", "uuid", "byte", "date", "datetime",
)  # fmt: skip


@frozen(eq=False)
class Overload:
    """One way to call a function.

    Attributes:
        id: Name of the overload in Kubernetes.
        member: Whether it is called on a value; that value's type comes first in `parameters`.
        parameters: Types of the arguments.
        result: Type of what it gives.
        generic: Whether type parameters occur.
        since: Minor version of Kubernetes that takes it in new expressions; 0 for all known here.
    """

    id: str
    member: bool
    parameters: tuple[Type, ...]
    result: Type
    generic: bool
    since: int = 0


@cache
def overloads() -> dict[str, tuple[Overload, ...]]:
    """All functions: name to overloads, in the order Kubernetes declares them."""
    table: dict[str, list[Overload]] = {}
    for line in (*_DECLARED.strip().splitlines(), *_families()):
        id_, signature, result, *since = line.split(" | ")
        name, _, rest = signature.partition("(")
        parameters = _types(rest[:-1])
        result_type = _types(result)[0]
        generic = result_type.has_params or any(parameter.has_params for parameter in parameters)
        table.setdefault(name.lstrip("."), []).append(Overload(id_, name.startswith("."), parameters, result_type, generic, _minor(*since)))
    return {name: tuple(found) for name, found in table.items()}


def _minor(version: str = "1.0") -> int:
    return int(version.removeprefix("1."))


def _families() -> list[str]:
    """Overloads that exist for a range of types."""
    lines: list[str] = []
    for operator, word in (("_<_", "less"), ("_<=_", "less_equals"), ("_>_", "greater"), ("_>=_", "greater_equals")):
        lines += [f"{word}_{_IDS.get(kind, kind)} | {operator}({kind}, {kind}) | bool" for kind in _ORDERED]
        lines += [f"{word}_{_IDS.get(a, a)}_{_IDS.get(b, b)} | {operator}({a}, {b}) | bool" for a, b in _CROSS]
    for name, result in _LISTS.items():
        kinds = _SUMMABLE if name == "sum" else COMPARABLE
        lines += [f"list_{kind}_{name} | .{name}(list({kind})) | {result or kind}" for kind in kinds]
    for kind in COMPARABLE:
        lines.append(f"list_{kind}_sort | .sort(list({kind})) | list({kind}) | 1.35")
        lines.append(f"list_{kind}_sortByAssociatedKeys | .@sortByAssociatedKeys(list(A), list({kind})) | list(A) | 1.35")
    for part in _DATES:
        lines.append(f"timestamp_to_{part} | .get{part}(timestamp) | int")
        lines.append(f"timestamp_to_{part}_with_tz | .get{part}(timestamp, string) | int")
    lines += [f"format-{name} | format.{name}() | format" for name in _FORMATS]
    return lines


def _types(text: str) -> tuple[Type, ...]:
    """Types written one after the other, e.g. `map(K, V), K`."""
    found: list[Type] = []
    rest = text
    while rest:
        type_, rest = _one(rest)
        found.append(type_)
        rest = rest.removeprefix(", ")
    return tuple(found)


def _one(text: str) -> tuple[Type, str]:
    end = min((index for mark in "(,)" if (index := text.find(mark)) >= 0), default=len(text))
    word, rest = text[:end], text[end:]
    if not rest.startswith("("):
        return _WORDS[word], rest
    parts: list[Type] = []
    rest = rest[1:]
    while not rest.startswith(")"):
        part, rest = _one(rest)
        parts.append(part)
        rest = rest.removeprefix(", ")
    rest = rest[1:]
    if word == "map":
        return map_of(parts[0], parts[1]), rest
    return {"list": list_of, "optional": optional_of, "type": type_of}[word](parts[0]), rest
