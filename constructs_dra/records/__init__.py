"""The one way a record of this library is described, checked, compared and shown."""
