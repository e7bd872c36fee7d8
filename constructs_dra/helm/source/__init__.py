"""Python source for a service read from values files: laid out as ruff formats it, with the comments of the values."""

from constructs_dra.helm.source.app import App, app_source
from constructs_dra.helm.source.report import migration_report
from constructs_dra.helm.source.verify import verify

__all__ = ["App", "app_source", "migration_report", "verify"]
