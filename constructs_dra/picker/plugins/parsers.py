"""Parsers: they read requests. Written by `tools/generate_plugins.py`."""

from typing import ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin

__all__ = ["AnthropicParser", "OpenaiParser", "PassthroughParser", "SglanghttpParser", "VertexaiParser", "VllmgrpcParser", "VllmhttpParser"]


@frozen(kw_only=True, eq=False, repr=False)
class AnthropicParser(TypedPlugin):
    """`anthropic-parser`: parser; router v0.9 and later."""

    TYPE: ClassVar[str] = "anthropic-parser"


@frozen(kw_only=True, eq=False, repr=False)
class OpenaiParser(TypedPlugin):
    """`openai-parser`: parser; router v0.7 and later."""

    TYPE: ClassVar[str] = "openai-parser"


@frozen(kw_only=True, eq=False, repr=False)
class PassthroughParser(TypedPlugin):
    """`passthrough-parser`: parser; router v0.8 and later."""

    TYPE: ClassVar[str] = "passthrough-parser"


@frozen(kw_only=True, eq=False, repr=False)
class SglanghttpParser(TypedPlugin):
    """`sglanghttp-parser`: parser; router main and later."""

    TYPE: ClassVar[str] = "sglanghttp-parser"


@frozen(kw_only=True, eq=False, repr=False)
class VertexaiParser(TypedPlugin):
    """`vertexai-parser`: parser; router v0.9 and later."""

    TYPE: ClassVar[str] = "vertexai-parser"


@frozen(kw_only=True, eq=False, repr=False)
class VllmgrpcParser(TypedPlugin):
    """`vllmgrpc-parser`: parser; router v0.8 and later."""

    TYPE: ClassVar[str] = "vllmgrpc-parser"


@frozen(kw_only=True, eq=False, repr=False)
class VllmhttpParser(TypedPlugin):
    """`vllmhttp-parser`: parser; router v0.9 and later."""

    TYPE: ClassVar[str] = "vllmhttp-parser"
