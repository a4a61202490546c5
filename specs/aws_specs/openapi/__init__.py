"""Exports: OpenAPI 3.1 documents of operations that speak restJson1."""

from aws_specs.openapi.document import PROTOCOL, Example, openapi

__all__ = ["PROTOCOL", "Example", "openapi"]
