"""Values files of the Helm chart llm-d-modelservice: read, render, migrate.

`render` reads files; `Import.service` is the service they describe, `Import.manifests` its objects, `Import.problems` everything found, placed in
the files. `constructs_dra.helm.source` writes an import as a Python app.
"""

from constructs_dra.helm.rendering import Import, import_values, render
from constructs_dra.helm.values import Values, load_values

__all__ = ["Import", "Values", "import_values", "load_values", "render"]
