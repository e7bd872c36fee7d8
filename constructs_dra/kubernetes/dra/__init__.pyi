from .check import check_dra as check_dra
from .check import is_dra as is_dra
from .classes import check_class as check_class
from .classes import check_taint_rule as check_taint_rule
from .slices import check_slice as check_slice
