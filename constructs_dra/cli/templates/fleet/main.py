"""Write the Kubernetes objects of services.py: `python main.py` makes dist/<cluster>/llm-d/<service>.yaml, and so does `cdk8s synth`."""

from constructs_dra import fleet_files, write_files, write_together
from services import fleet

with write_together():  # all files or none; a mistake is reported without a traceback
    write_files(fleet_files(fleet))
