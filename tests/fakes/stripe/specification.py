"""Whether an answer of the fake is one that Stripe's OpenAPI specification allows."""

from __future__ import annotations

import re
from typing import Any

type_schema = dict[str, Any]

KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,), "object": (dict,)}


def answer_schema(spec: type_schema, method: str, path: str) -> type_schema:
    """What the answer to this request has to look like. Raises LookupError for a path that the specification does not have."""
    for template, methods in spec["paths"].items():
        if method.lower() in methods and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
            schema: type_schema = methods[method.lower()]["responses"]["200"]["content"]["application/json"]["schema"]
            return schema
    raise LookupError(f"the specification has no {method} {path}")


def problems(spec: type_schema, schema: type_schema, value: Any, where: str = "") -> list[str]:
    """What the specification would not allow: unknown fields, missing ones, wrong types, unknown words."""
    if "$ref" in schema:
        return problems(spec, spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], value, where)
    if value is None:
        return [] if schema.get("nullable") else [f"{where} is null"]
    if branches := schema.get("anyOf"):
        fitting = [branch for branch in branches if _may_be(spec, branch, value)] or branches
        return min((problems(spec, branch, value, where) for branch in fitting), key=len)
    kind = schema.get("type")
    if kind and (not isinstance(value, KINDS[kind]) or (kind == "integer" and isinstance(value, bool))):
        return [f"{where} is {type(value).__name__}, not {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where} is {value!r}, not one of {schema['enum']}"]
    if kind == "array":
        return [one for number, item in enumerate(value) for one in problems(spec, schema.get("items", {}), item, f"{where}[{number}]")]
    if kind == "object":
        return _of_object(spec, schema, value, where)
    return []


def _may_be(spec: type_schema, branch: type_schema, value: Any) -> bool:
    """Whether a branch is about such a thing at all."""
    if "$ref" in branch:
        branch = spec["components"]["schemas"][branch["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, dict) and "object" in value:
        return value["object"] in branch.get("properties", {}).get("object", {}).get("enum", [])
    return "type" not in branch or isinstance(value, KINDS[branch["type"]])


def _of_object(spec: type_schema, schema: type_schema, value: dict[str, Any], where: str) -> list[str]:
    fields = schema.get("properties")
    if fields is None or schema.get("additionalProperties"):
        return []
    found = [f"{where} lacks {name}" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        if name in fields:
            found += problems(spec, fields[name], inner, f"{where}.{name}")
        else:
            found.append(f"{where} has {name}, which is not in the specification")
    return found
