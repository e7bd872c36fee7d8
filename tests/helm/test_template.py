"""Templates inside values."""

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.helm.budget import TemplateError
from constructs_dra.helm.functions import FUNCTIONS, UNSTABLE, to_yaml
from constructs_dra.helm.template import evaluate
from constructs_dra.yaml.documents import load_documents

_CONTEXT: dict[str, Any] = {
    "Values": {"model": {"name": "Org/Model"}, "list": [1, "b"], "n": 3, "none": None, "flag": False, "text": "a: b", "map": {"b": 1, "a": "x"}},
    "Release": {"Name": "rel", "Namespace": "ns"},
    "Chart": {"Name": "llm-d-modelservice"},
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("{{ .Values.model.name }}", "Org/Model"),
        ("{{ $.Release.Name }}-{{ .Chart.Name }}", "rel-llm-d-modelservice"),
        ("{{ .Values.model.name | lower | trunc 5 | quote }}", '"org/m"'),
        ('{{ default "x" .Values.missing }}', "x"),
        ('{{ .Values.missing | default (printf "%s-%d" .Release.Name 7) }}', "rel-7"),
        ("[{{ .Values.missing }}]", "[]"),
        ("a {{- /* remark */ -}} b", "ab"),
        ("x {{- .Values.n -}} y", "x3y"),
        ("{{ if .Values.flag }}yes{{ else if eq .Values.n 3 }}three{{ else }}no{{ end }}", "three"),
        ("{{ with .Values.model }}{{ .name }}{{ end }}", "Org/Model"),
        ("{{ with .Values.missing }}x{{ else }}none{{ end }}", "none"),
        ("{{ range $i, $v := .Values.list }}{{ $i }}={{ $v }};{{ end }}", "0=1;1=b;"),
        ("{{ range .Values.list }}<{{ . }}>{{ end }}", "<1><b>"),
        ("{{ range $k, $v := .Values.map }}{{ $k }}{{ $v }} {{ end }}", "ax b1 "),
        ("{{ $x := 4 }}{{ add $x 1 }}", "5"),
        ("{{ (index .Values.list 1) | upper }}", "B"),
        ("{{ toYaml .Values.map | nindent 2 }}", "\n  a: x\n  b: 1"),
        ("{{ toJson .Values.list }}", '[1,"b"]'),
        ("{{ ternary 1 2 (gt .Values.n 2) }}", "1"),
        ('{{ and .Values.n .Values.flag }} {{ or .Values.flag "y" }}', "false y"),
        ("{{ `raw \\n` }}", "raw \\n"),
        ('{{ "a-b-" | trimSuffix "-" | replace "-" "_" }}', "a_b"),
        ('{{ int "42" }} {{ toString 4.0 }} {{ len .Values.list }}', "42 4 2"),
        ('{{ include "full" . }}', "rel-full"),
        ('{{ tpl "{{ .Release.Name }}" . }}', "rel"),
        ("{{ (dict `a` 1).a }}", "1"),
        ('{{ join "," .Values.list }} {{ splitList "," "a,b" | last }}', "1,b b"),
    ],
)
def test_a_template_gives_what_helm_gives(template: str, text: str) -> None:
    assert evaluate(template, _CONTEXT, includes={"full": lambda: "rel-full"}) == text


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ frobnicate 1 }}", "'frobnicate'"),
        ("{{ now }}", "'now' gives another result in each run"),
        ("{{ lookup `v1` `Secret` `a` `b` }}", "'lookup'"),
        ("{{ .Files.Get `x` }}", ".Files is not evaluated"),
        ("{{ .Values.missing.deeper }}", "nothing is where .deeper is looked for"),
        ("{{ .Values.n.deeper }}", "where .deeper is looked for"),
        ("{{ .Values.n", "not closed"),
        ("{{ if .Values.n }}", "not closed with {{ end }}"),
        ("{{ end }}", "without"),
        ("{{ else }}", "without"),
        ("{{ define `x` }}{{ end }}", "define"),
        ("{{ include `other` . }}", "'other' is not known"),
        ("{{ required `say it` .Values.missing }}", "say it"),
        ("{{ fail `no` }}", "no"),
        ("{{ $x }}", "the variable $x is not set"),
        ("{{ trunc }}", "trunc cannot be called"),
        ("{{ div 1 0 }}", "division by zero"),
        ("{{ lt 1 `a` }}", "cannot be compared"),
        ("{{ 1 | }}", "a value is missing"),
        ("{{ (1 }}", "not closed with )"),
        ("{{ ~ }}", "cannot read"),
        ("{{ tpl $.Values.self . }}", "calls itself without end"),
        ("{{ range until 9999 }}{{ range until 9999 }}x{{ end }}{{ end }}", "does not come to an end"),
    ],
)
def test_what_cannot_be_evaluated_is_named(template: str, words: str) -> None:
    context = {**_CONTEXT, "Values": {**_CONTEXT["Values"], "self": "{{ tpl $.Values.self . }}"}}
    with pytest.raises(TemplateError) as caught:
        evaluate(template, context)
    assert words in str(caught.value)


def test_no_function_depends_on_the_run() -> None:
    assert not FUNCTIONS.keys() & UNSTABLE


@settings(deadline=None)
@given(st.text(alphabet='{}.|()$ "`:=-x1,\n', max_size=40))
def test_any_text_is_evaluated_or_refused(text: str) -> None:
    with suppress(TemplateError):
        evaluate(text, _CONTEXT)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(FUNCTIONS)),
    st.lists(st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=4), st.just([1]), st.just({"a": 1})), max_size=3),
)
def test_any_function_takes_anything_or_refuses_it(name: str, operands: list[Any]) -> None:
    with suppress(TemplateError):
        evaluate("{{ " + " ".join([name, *(f"(index $.Values.o {number})" for number in range(len(operands)))]) + " }}", {"Values": {"o": operands}})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(_JSON)
def test_what_to_yaml_writes_is_read_back(value: Any) -> None:
    text = to_yaml(value) if isinstance(value, dict | list) and value else f"- {to_yaml(value)}"
    documents, problems = load_documents(f"{text}\n", "text")
    assert not problems
    read = documents[0].value
    assert (read if isinstance(value, dict | list) and value else read[0]) == value


_BOMBS = [
    "{{ " + '"a' * 40 + " }}",
    '{{ "' * 40,
    "{{ `" * 9 + "x",
    '{{ regexMatch "(a+)+$" .Values.as }}',
    '{{ regexReplaceAll "(a|a)*b" .Values.as "$1" }}',
    '{{ $x := "xx" }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}{{ len $x }}',
    '{{ $x := "xx" }}{{ range until 40 }}{{ $x = replace "x" $x $x }}{{ end }}',
    '{{ $x := "xx" }}{{ range until 40 }}{{ $x = join $x (list $x $x $x) }}{{ end }}',
    "{{ $x := list 1 }}{{ range until 60 }}{{ $x = list $x $x }}{{ end }}{{ $x }}",
    "{{ $x := list 1 }}{{ range until 60 }}{{ $x = dict `a` $x `b` $x }}{{ end }}{{ toYaml $x }}",
    "{{ $x := list 1 }}{{ range until 2000 }}{{ $x = list $x }}{{ end }}{{ $x }}",
    "{{ $x := list 1 }}{{ range until 60 }}{{ $x = concat $x $x }}{{ end }}",
    "{{ $x := 3 }}{{ range until 9000 }}{{ $x = mul $x $x $x $x $x $x $x $x }}{{ end }}{{ $x }}",
    "{{ range until 9999 }}{{ uniq (until 9999) }}{{ end }}",
    "{{ range 999999999 }}x{{ end }}",
    "{{ " + "(" * 400 + "1" + ")" * 400 + " }}",
    "{{ if 1 }}" * 2000 + "x" + "{{ end }}" * 2000,
    "{{ 08 }}",
    "{{ 0x }}",
    "{{ " + "9" * 5000 + " }}",
    "{{ 9223372036854775808 }}",
    '{{ "\\ud800" }}',
    '{{ printf "%c" 55296 | quote }}',
    '{{ fromJson "NaN" }}',
    '{{ fromJson `"\\ud800"` | quote }}',
    "{{ fromJson `" + "[" * 3000 + "` }}",
    "{{ fromYaml `" + "[" * 3000 + "` }}",
    '{{ regexMatch "(" "a" }}',
    "{{ indent 200 .Values.lines }}",
]


@pytest.mark.parametrize("template", _BOMBS, ids=lambda template: template[:40])
def test_no_template_takes_the_memory_or_the_afternoon(template: str) -> None:
    started = time.process_time()
    with suppress(TemplateError):
        evaluate(template, {"Values": {"as": "a" * 40_000, "lines": "\n" * 100_000}}).encode()  # text that cannot be written would fail here
    assert time.process_time() - started < 5  # a machine under load; most take milliseconds


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }}', "-W-xxW-"),
        ('{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W" }}', "---"),
        ('{{ regexReplaceAll "(?P<n>b)" "abc" "<$n$9>" }}', "a<b>c"),
        ('{{ regexReplaceAll "b*" "abc" "-" }}', "-a-c-"),
        ("{{ add 9223372036854775807 1 }}", "-9223372036854775808"),
        ("{{ 0x1F }} {{ 017 }} {{ -3 }} {{ 1.5 }}", "31 15 -3 1.5"),
        ('{{ "\\u00e9\\x41\\101" }}', "éAA"),
        ("{{ uniq (list 1 2 1 `1`) | toJson }}", '[1,2,"1"]'),
        ("a{{/* x */ -}}  b", "ab"),
        ("{{- 1 -}} x", "1x"),
    ],
)
def test_details_are_those_of_go(template: str, text: str) -> None:
    assert evaluate(template, {"Values": {}}) == text
