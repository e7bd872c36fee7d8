from .decoding import KIND as KIND
from .flags import Flags as Flags
from .flags import read_flags as read_flags
from .judging import Judgement as Judgement
from .judging import judge_text as judge_text
from .judging import read_plugins as read_plugins
