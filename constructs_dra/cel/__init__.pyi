from .device import DeviceView as DeviceView
from .device import device_view as device_view
from .selector import MAX_LENGTH as MAX_LENGTH
from .selector import Selector as Selector
from .selector import compile_selector as compile_selector
from .values import CelEvaluationError as CelEvaluationError
