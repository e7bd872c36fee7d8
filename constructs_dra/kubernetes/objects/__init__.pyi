from .check import check_pod as check_pod
from .check import check_semantics as check_semantics
from .others import CHECKS as CHECKS
