from .differences import FieldChange as FieldChange
from .differences import ObjectChange as ObjectChange
from .differences import compare as compare
from .page import Report as Report
from .page import report as report
from .wiring import Node as Node
from .wiring import Wire as Wire
from .wiring import Wiring as Wiring
