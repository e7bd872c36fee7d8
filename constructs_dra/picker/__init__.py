"""Routing requests to model servers with llm-d's router: the endpoint picker and its configuration, pools and routes."""
