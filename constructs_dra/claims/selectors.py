"""What is wrong with a selector, on devices of a known driver."""

from collections.abc import Container
from functools import lru_cache

from constructs_dra.catalogue.model import Driver, PublishedClass
from constructs_dra.errors import Problem, shown
from constructs_dra.expressions.build import Expression, Reference

__all__ = ["ById", "selector_problems"]


def selector_problems(
    condition: object,
    driver: Driver | None,
    published: PublishedClass | None = None,
    accept: Container[str] = (),
) -> list[Problem]:
    """What is wrong with one selector, on devices of this driver that the class lets through; rules in `accept` do not count."""
    kinds, name = (published.kinds, published.name) if published else ((), "")
    if isinstance(condition, Expression):
        if condition.errors(accept):
            return list(condition.problems)
        if condition.plain and driver and all(_published(reference, driver, kinds) for reference in condition.reads):
            return list(condition.problems)  # nothing is left for the CEL checker to find, which takes 30 ms to load
        text = condition.cel(kinds=kinds, accept=accept)
        found = [problem for problem in _checked(text, ById(driver), name) if problem.severity == "error" and problem.rule not in accept]
        return [*(problem for problem in condition.problems if problem.severity == "warning"), *found]
    if isinstance(condition, str):
        return list(_checked(condition, ById(driver), name))
    hint = "give an expression over the catalogue or CEL text"
    return [Problem("", f"must be a condition on a device, got {shown(condition)} ({type(condition).__name__})", hint)]


def _published(reference: Reference, driver: Driver, kinds: tuple[str, ...]) -> bool:
    """Whether every device that the class lets through publishes it."""
    find = driver.attribute if reference.map == "attributes" else driver.capacity
    return find(reference.name, reference.domain) is not None and not reference.guarded_for(kinds)


class ById:
    """A driver as part of a cache's key: records with dicts inside have no hash."""

    __slots__ = ("driver",)

    def __init__(self, driver: Driver | None) -> None:
        self.driver = driver

    def __hash__(self) -> int:
        return id(self.driver)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ById) and other.driver is self.driver


@lru_cache(maxsize=4096)
def _checked(text: str, driver: ById, device_class: str) -> tuple[Problem, ...]:
    from constructs_dra.selectors import check_selector  # noqa: PLC0415  (the CEL checker loads when the first selector is met)

    return tuple(check_selector(text, driver=driver.driver, device_class=device_class))
