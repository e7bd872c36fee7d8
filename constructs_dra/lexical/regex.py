r"""Regular expressions as Go reads them (package regexp), which is what Kubernetes, CEL and Helm mean by one; matching takes linear time.

They run on RE2. What differs between the two is settled here: Go has no `\C`, takes ASCII names of groups only and each once, and knows more names
of Unicode classes, without regard to case, blanks, `_` and `-` (since Go 1.25, which Kubernetes 1.35 and later are built with).
"""

import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

from constructs_dra.errors import shown
from constructs_dra.lazy import lazy_pattern

__all__ = ["Regex", "RegexError", "RegexLimitError", "compile_regex"]

_MEMORY = (4 << 20, 64 << 20)
"""Bytes a pattern may take: most are kept at hand; the few that need more are not kept for long."""

_MAX_BYTES = 64 << 10
"""Longest pattern: far beyond what people write, far below what would take long to read."""

_MAX_DEPTH = 1000
"""How deep groups may nest, as in Go (maxHeight)."""

_MAX_WORK = 250_000_000
"""Steps (states of the pattern times bytes of the text) one search may take in the worst case: about two seconds."""

_MAX_SECONDS = 2.0
"""How long finding all matches may take: where each search has to look at all that is left, time grows with the square of the text."""


_MAX_RESULT = 64 << 20
"""Most bytes that replacements may add."""


class RegexError(ValueError):
    """The pattern is not a regular expression that Go takes, or needs too much."""


class RegexLimitError(RegexError):
    """Matching could take too long, or gives too much."""


class Regex:
    """A compiled pattern; `compile_regex` makes them."""

    __slots__ = ("_program", "_size", "pattern")

    def __init__(self, pattern: str, program: Any) -> None:
        self.pattern = pattern
        self._program = program
        self._size = program.programsize

    def __repr__(self) -> str:
        return f"Regex({self.pattern!r})"

    def matches(self, text: str) -> bool:
        """Whether it matches anywhere in a string."""
        encoded = _encoded(text)
        self._spend(len(encoded))
        return self._program.search(encoded) is not None

    def find(self, text: str) -> str:
        """The first match, or an empty string."""
        return next(self.find_all(text), "")

    def find_all(self, text: str) -> Iterator[str]:
        """All matches, from left to right; an empty one never right after another."""
        encoded = _encoded(text)
        for match in self._matches(encoded):
            yield encoded[match.start() : match.end()].decode()

    def replace_all(self, text: str, template: str) -> str:
        """The string with each match replaced.

        Args:
            text: The string.
            template: What stands in place of a match; `$1`, `${1}` and `${name}` are its groups, `$$` is a dollar sign.

        Raises:
            RegexLimitError: It would take too long or give too much.
        """
        encoded, new = _encoded(text), _encoded(template)
        parts: list[bytes] = []
        end = size = 0
        for match in self._matches(encoded):
            put = _expanded(new, match)
            parts += [encoded[end : match.start()], put]
            end, size = match.end(), size + len(put)
            if size > _MAX_RESULT:
                raise RegexLimitError(f"replacing all matches of {shown(self.pattern)} gives more than {_MAX_RESULT} bytes")
        return b"".join([*parts, encoded[end:]]).decode()

    def _matches(self, encoded: bytes) -> Iterator[Any]:
        self._spend(len(encoded))
        at, last, until = 0, -1, time.monotonic() + _MAX_SECONDS
        while at <= len(encoded):
            if time.monotonic() > until:
                raise RegexLimitError(f"finding all matches of {shown(self.pattern)} took longer than {_MAX_SECONDS:g} s")
            match = self._program.search(encoded, at)
            if match is None:
                return
            begin, end = match.span()
            if begin != end or begin != last:
                yield match
            last = end
            at = end if end > begin else _next_character(encoded, end)

    def _spend(self, length: int) -> None:
        if length * self._size > _MAX_WORK:
            raise RegexLimitError(f"matching {shown(self.pattern)} ({self._size} states) with {length} bytes could take too long")


_REFERENCE = lazy_pattern(rb"\$(?:(\$)|\{(\w+)\}|(\w+))")


def _expanded(template: bytes, match: Any) -> bytes:
    """What a template gives for a match."""
    return _REFERENCE.sub(lambda found: _group(found, match), template) if b"$" in template else template


def _group(found: "re.Match[bytes]", match: Any) -> bytes:
    """What a reference in a template stands for; nothing where there is no such group."""
    if found[1]:
        return b"$"
    name = (found[2] or found[3]).decode()
    if name.isdigit():
        value = match.group(int(name)) if len(name) < 6 and int(name) <= match.re.groups else None
    else:
        index = dict(match.re.groupindex).get(name.encode())
        value = match.group(index) if index is not None else None
    return bytes(value or b"")


def _next_character(encoded: bytes, at: int) -> int:
    at += 1
    while at < len(encoded) and encoded[at] & 0xC0 == 0x80:
        at += 1
    return at


def _encoded(text: str) -> bytes:
    """UTF-8; what is not Unicode is the replacement character, as Go reads it."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text).encode()


def compile_regex(pattern: str) -> Regex:
    """Compile a pattern, or give the one compiled before.

    Raises:
        RegexError: Go would refuse it, or it takes too much memory.
    """
    result = _small(pattern) or _large(pattern)
    if isinstance(result, Regex):
        return result
    raise RegexError(result)


@lru_cache(maxsize=512)
def _small(pattern: str) -> Regex | str | None:
    """The compiled pattern, what is wrong with it, or None where it needs more memory."""
    return _compiled(pattern, _MEMORY[0])


@lru_cache(maxsize=4)
def _large(pattern: str) -> Regex | str:
    found = _compiled(pattern, _MEMORY[1])
    return found if found is not None else "too large once its repetitions are spelt out"


def _compiled(pattern: str, memory: int) -> Regex | str | None:
    if len(pattern) > _MAX_BYTES:
        return f"longer than {_MAX_BYTES} characters"
    import re2  # noqa: PLC0415  (5 ms that few programs need)

    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    try:
        compiled = re2.compile(_as_re2(pattern).encode(), options)
        if memory > _MEMORY[0]:
            re2.purge()  # it keeps patterns as well
        return Regex(pattern, compiled)
    except RegexError as error:
        return str(error)
    except UnicodeEncodeError:
        return "not valid Unicode: a lone surrogate"
    except re2.error as error:
        message = str(error)
        if "too large" in message:
            return None
        return message[2:-1].replace("\\\\", "\\") if message.startswith(("b'", 'b"')) else message


_PART = lazy_pattern(
    r"\\Q.*?(?:\\E|\Z)"
    r"|\\(?P<sign>[pP])(?:\{(?P<not>\^?)(?P<class>[^}]*)\}|(?P<letter>[A-Z]))"
    r"|(?P<bytes>\\C)"
    r"|\\."
    r"|\(\?P?<(?P<group>[^>]*)>"
    r"|(?P<posix>\[:\^?[a-z]+:\])"
    r"|(?P<open>\[\^?\]?)"
    r"|.",
    re.DOTALL,
)


def _as_re2(pattern: str) -> str:
    """The pattern as RE2 has to read it to mean what it means to Go.

    Raises:
        RegexError: RE2 takes it, Go does not.
    """
    if not any(mark in pattern for mark in ("(", "\\p", "\\P", "\\C")):
        return pattern
    parts: list[str] = []
    names: set[str] = set()
    depth, in_class = 0, False
    for part in _PART.finditer(pattern):
        text = part[0]
        if (in_class and part["posix"]) or (in_class and text != "]" and part["sign"] is None):
            pass
        elif in_class and text == "]":
            in_class = False
        elif part["sign"]:
            text = _unicode_class(part, in_class=in_class)
        elif part["bytes"]:
            raise RegexError(r"invalid escape sequence: \C")
        elif part["open"] or part["posix"]:
            in_class = True
        elif text[0] == "(":
            depth += 1
            _check_group(part["group"], depth, names)
        elif text == ")":
            depth -= 1
        parts.append(text)
    return "".join(parts)


def _check_group(name: str | None, depth: int, names: set[str]) -> None:
    if depth >= _MAX_DEPTH:
        raise RegexError(f"nested deeper than {_MAX_DEPTH} levels")
    if name is None:
        return
    if not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise RegexError(f"invalid named capture: {name!r}")
    if name in names:
        raise RegexError(f"two groups are named {name!r}")
    names.add(name)


def _unicode_class(part: "re.Match[str]", *, in_class: bool) -> str:
    r"""`\p{…}` by a name that RE2 knows, or spelt out."""
    if part["letter"]:
        return part[0]
    negated = (part["sign"] == "P") != bool(part["not"])
    name = re.sub(r"[ _-]", "", part["class"]).lower()
    known = _unicode_names().get(name)
    if known is not None:
        return f"\\{'P' if negated else 'p'}{{{known}}}"
    if name not in _COMPUTED:
        return part[0]
    ranges = _ranges(name, negated=negated)
    return ranges if in_class else f"[{ranges}]"


@cache
def _ranges(name: str, *, negated: bool) -> str:
    members = _COMPUTED[name]
    found: list[list[int]] = []
    for code in range(0x110000):
        if members(chr(code)) != negated:
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in found)


_COMPUTED: dict[str, Callable[[str], bool]] = {
    "ascii": str.isascii,
    "assigned": lambda char: unicodedata.category(char) != "Cn",
    **dict.fromkeys(("cn", "unassigned"), lambda char: unicodedata.category(char) == "Cn"),
    **dict.fromkeys(("lc", "casedletter"), lambda char: unicodedata.category(char) in {"Lu", "Ll", "Lt"}),
}
"""Classes RE2 has no name for."""

_CATEGORIES = """
Any L=Letter Lu=Uppercase_Letter Ll=Lowercase_Letter Lt=Titlecase_Letter Lm=Modifier_Letter Lo=Other_Letter M=Mark=Combining_Mark
Mn=Nonspacing_Mark Mc=Spacing_Mark Me=Enclosing_Mark N=Number Nd=Decimal_Number=digit Nl=Letter_Number No=Other_Number P=Punctuation=punct
Pc=Connector_Punctuation Pd=Dash_Punctuation Ps=Open_Punctuation Pe=Close_Punctuation Pi=Initial_Punctuation Pf=Final_Punctuation
Po=Other_Punctuation S=Symbol Sm=Math_Symbol Sc=Currency_Symbol Sk=Modifier_Symbol So=Other_Symbol Z=Separator Zs=Space_Separator
Zl=Line_Separator Zp=Paragraph_Separator C=Other Cc=Control=cntrl Cf=Format Co=Private_Use Cs=Surrogate
"""
"""General categories of Unicode with their aliases (PropertyValueAliases.txt)."""

_SCRIPTS = """
Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid
Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret
Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati
Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi
Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha
Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek
Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa
Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian
Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic
Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa
Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi
Yezidi Yi Zanabazar_Square
"""
"""Scripts of Unicode 15, which Go and RE2 have."""


@cache
def _unicode_names() -> dict[str, str]:
    """RE2's name of a class, by the name in lower case without separators."""
    names = {script.replace("_", "").lower(): script for script in _SCRIPTS.split()}
    for entry in _CATEGORIES.split():
        short, *aliases = entry.split("=")
        names |= {alias.replace("_", "").lower(): short for alias in (short, *aliases)}
    return names
