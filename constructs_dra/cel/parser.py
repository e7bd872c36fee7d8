"""From CEL text to a syntax tree, by the grammar and the limits of cel-go."""

from constructs_dra.cel.macros import expand
from constructs_dra.cel.syntax import Call, Const, CreateList, CreateMap, CreateMessage, Ident, Node, Select
from constructs_dra.cel.tokens import CelSyntaxError, Token, number, tokenize

__all__ = ["parse"]

MAX_DEPTH = 250
"""How deep one kind of expression may nest, as in cel-go: parentheses, chains of members, sums, comparisons."""

_RESERVED = frozenset((
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "namespace", "package", "return", "var", "void",
    "while",
))  # fmt: skip
_RELATIONS = frozenset(("<", "<=", ">=", ">", "==", "!=", "in"))
_SUMS = frozenset("+-")
_PRODUCTS = frozenset("*/%")


def parse(text: str) -> Node:
    """Read an expression.

    Raises:
        CelSyntaxError: It is not CEL, or nests too deep.
    """
    parser = _Parser(tokenize(text))
    tree = parser.expression()
    parser.expect("end")
    return tree


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._next = tokens[0]
        self._depths = {"expression": 0, "relation": 0, "calculation": 0, "member": 0}

    def _take(self) -> Token:
        token = self._next
        self._index += 1
        self._next = self._tokens[self._index] if self._index < len(self._tokens) else token
        return token

    def expect(self, kind: str) -> Token:
        if self._next.kind != kind:
            raise self._unexpected(f"; expected {_spelt(kind)}")
        return self._take()

    def _unexpected(self, more: str = "") -> CelSyntaxError:
        token = self._next
        found = "the expression ends here" if token.kind == "end" else f"unexpected {_shown(token)}"
        return CelSyntaxError(f"{found}{more}", token.position)

    def _enter(self, rule: str, levels: int = 1) -> None:
        self._depths[rule] += levels
        if self._depths[rule] > MAX_DEPTH:
            raise CelSyntaxError(f"nested too deep: Kubernetes stops at {MAX_DEPTH} levels", self._next.position)

    def expression(self) -> Node:
        self._enter("expression")
        condition = self._logical("||")
        if self._next.kind == "?":
            mark = self._take()
            accepted = self._logical("||")
            self.expect(":")
            condition = Call(mark.position, "_?_:_", [condition, accepted, self.expression()])
        self._depths["expression"] -= 1
        return condition

    def _logical(self, operator: str) -> Node:
        """A chain of || (of chains of &&), as a balanced tree so that long chains do not nest deep."""
        both = operator == "&&"
        terms = [self._relation() if both else self._logical("&&")]
        positions: list[int] = []
        while self._next.kind == operator:
            positions.append(self._take().position)
            terms.append(self._relation() if both else self._logical("&&"))
        return terms[0] if not positions else _balanced(f"_{operator}_", terms, positions, 0, len(positions) - 1)

    def _relation(self) -> Node:
        self._enter("relation")
        levels = 1
        left = self._calculation(1)
        while self._next.kind in _RELATIONS:
            self._enter("relation")
            levels += 1
            operator = self._take()
            name = "@in" if operator.kind == "in" else f"_{operator.kind}_"
            left = Call(operator.position, name, [left, self._calculation(1)])
        self._depths["relation"] -= levels
        return left

    def _calculation(self, precedence: int) -> Node:
        """Sums (precedence 1) of products (2)."""
        self._enter("calculation")
        levels = 1
        left = self._unary()
        while (self._next.kind in _PRODUCTS) or (precedence == 1 and self._next.kind in _SUMS):
            self._enter("calculation")
            levels += 1
            operator = self._take()
            right = self._calculation(2) if operator.kind in _SUMS else self._factor()
            left = Call(operator.position, f"_{operator.kind}_", [left, right])
        self._depths["calculation"] -= levels
        return left

    def _factor(self) -> Node:
        self._enter("calculation")
        factor = self._unary()
        self._depths["calculation"] -= 1
        return factor

    def _unary(self) -> Node:
        token = self._next
        if token.kind not in {"!", "-"}:
            return self._member()
        if token.kind == "-" and self._starts_number():
            return self._member()  # the sign of the number
        count = 0
        while self._next.kind == token.kind:
            self._take()
            count += 1
        operand = self._member()
        return operand if count % 2 == 0 else Call(token.position, "!_" if token.kind == "!" else "-_", [operand])

    def _starts_number(self) -> bool:
        return self._tokens[self._index + 1].kind == "number"

    def _member(self) -> Node:
        self._enter("member")
        levels = 1
        node = self._primary()
        while True:
            kind = self._next.kind
            if kind == ".":
                node = self._dotted(node)
            elif kind == "[":
                node = self._indexed(node)
            elif kind == "number" and str(self._next.value).startswith("."):
                raise self._unexpected()
            else:
                self._depths["member"] -= levels
                return node
            levels += 1

    def _dotted(self, node: Node) -> Node:
        self._enter("member")
        dot = self._take()
        if self._next.kind == "?":
            self._take()
            name = self.expect("name")
            return Call(dot.position, "_?._", [node, Const(name.position, name.value)])
        name = self.expect("name")
        if self._next.kind == "(":
            self._take()
            return expand(Call(name.position, str(name.value), self._arguments(), node))
        return Select(name.position, node, str(name.value))

    def _indexed(self, node: Node) -> Node:
        self._enter("member")
        bracket = self._take()
        function = "_[_]"
        if self._next.kind == "?":
            self._take()
            function = "_[?_]"
        index = self.expression()
        self.expect("]")
        return Call(bracket.position, function, [node, index])

    def _arguments(self) -> list[Node]:
        arguments: list[Node] = []
        if self._next.kind != ")":
            arguments.append(self.expression())
            while self._next.kind == ",":
                self._take()
                arguments.append(self.expression())
        self.expect(")")
        return arguments

    def _primary(self) -> Node:
        token = self._next
        if token.kind == "literal":
            self._take()
            return Const(token.position, token.value)
        if token.kind == "number" or (token.kind == "-" and self._starts_number()):
            negative = token.kind == "-"
            if negative:
                self._take()
            digits = self._take()
            return Const(token.position, number(str(digits.value), token.position, negative=negative))
        if token.kind in {"name", "."}:
            return self._named()
        if token.kind == "(":
            self._take()
            inner = self.expression()
            self.expect(")")
            return inner
        if token.kind == "[":
            return self._list()
        if token.kind == "{":
            return self._map()
        raise self._unexpected("; expected a value")

    def _named(self) -> Node:
        root = self._next.kind == "."
        if root:
            self._take()
        name = self.expect("name")
        if self._next.kind == "{" or self._is_message():
            return self._message(name)
        if name.value in _RESERVED:
            raise CelSyntaxError(f"{name.value!r} is a reserved word", name.position)
        if self._next.kind == "(":
            self._take()
            return expand(Call(name.position, str(name.value), self._arguments()))
        return Ident(name.position, f".{name.value}" if root else str(name.value))

    def _is_message(self) -> bool:
        """Whether dotted names lead to a brace: `a.b{…}`."""
        index = self._index
        while self._tokens[index].kind == "." and self._tokens[index + 1].kind == "name":
            index += 2
        return index > self._index and self._tokens[index].kind == "{"

    def _message(self, name: Token) -> Node:
        names = [str(name.value)]
        while self._next.kind == ".":
            self._take()
            names.append(str(self.expect("name").value))
        self.expect("{")
        values: list[Node] = []
        while self._next.kind in {"?", "name"}:
            if self._next.kind == "?":
                self._take()
            self.expect("name")
            self.expect(":")
            values.append(self.expression())
            if self._next.kind != ",":
                break
            self._take()
        else:
            if self._next.kind == "," and not values:
                self._take()
        self.expect("}")
        return CreateMessage(name.position, ".".join(names), values)

    def _list(self) -> Node:
        start = self._take()
        elements: list[Node] = []
        optional: set[int] = set()
        if self._next.kind == ",":
            self._take()
        else:
            while self._next.kind != "]":
                if self._next.kind == "?":
                    self._take()
                    optional.add(len(elements))
                elements.append(self.expression())
                if self._next.kind != ",":
                    break
                self._take()
        self.expect("]")
        return CreateList(start.position, elements, frozenset(optional))

    def _map(self) -> Node:
        start = self._take()
        entries: list[tuple[Node, Node, bool]] = []
        if self._next.kind == ",":
            self._take()
        else:
            while self._next.kind != "}":
                optional = self._next.kind == "?"
                if optional:
                    self._take()
                key = self.expression()
                self.expect(":")
                entries.append((key, self.expression(), optional))
                if self._next.kind != ",":
                    break
                self._take()
        self.expect("}")
        return CreateMap(start.position, entries)


def _balanced(function: str, terms: list[Node], positions: list[int], low: int, high: int) -> Node:
    middle = (low + high + 1) // 2
    left = terms[middle] if middle == low else _balanced(function, terms, positions, low, middle - 1)
    right = terms[middle + 1] if middle == high else _balanced(function, terms, positions, middle + 1, high)
    return Call(positions[middle], function, [left, right])


def _shown(token: Token) -> str:
    if token.kind == "literal":
        return "string" if isinstance(token.value, str) else str(token.value).lower()
    return f"{token.value!r}"


def _spelt(kind: str) -> str:
    return {"end": "an operator or the end", "name": "a name"}.get(kind, f"{kind!r}")
