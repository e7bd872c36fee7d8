"""Values files of the Helm chart llm-d-modelservice: read, render, migrate."""
