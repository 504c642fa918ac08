import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from tests.pageclient import Visitor


@dataclass(frozen=True)
class ApiClient:
    """A program that asks the interface and holds each answer against the description."""

    visitor: Visitor
    description: Mapping[str, Any]

    def get(self, address: str, *, expect: int = 200) -> Any:  # noqa: ANN401 - JSON
        """Return a JSON answer whose status, kind and shape are the ones described for its path."""
        return self._checked(self.visitor.fetch(address), address, "get", expect)

    def _checked(self, answer: TestResponse, address: str, method: str, expect: int) -> Any:  # noqa: ANN401 - JSON
        assert answer.status_code == expect, answer.text
        described = self._operation(address.partition("?")[0], method)["responses"][str(expect)]
        shape = self._resolved(described)["content"][answer.mimetype]["schema"]
        problems = [error.message for error in self._validator(shape).iter_errors(answer.json)]
        assert problems == []
        return answer.json

    def post(self, address: str, body: object, *, expect: int = 200) -> Any:  # noqa: ANN401 - JSON
        """Send JSON and hold the answer against the description."""
        return self._checked(self.visitor.fetch(address, method="POST", json=body), address, "post", expect)

    def _operation(self, path: str, method: str) -> Mapping[str, Any]:
        paths: Mapping[str, Any] = self.description["paths"]
        fitting = [known for known in paths if re.fullmatch(re.sub(r"\{\w+\}", "[^?]+", known), path)]
        operation: Mapping[str, Any] = paths[max(fitting, key=lambda known: known.count("/"))][method]
        return operation

    def _resolved(self, described: Mapping[str, Any]) -> Mapping[str, Any]:
        found = described
        if "$ref" in described:
            found = self.description
            for key in described["$ref"].removeprefix("#/").split("/"):
                found = found[key]
        return found

    def _validator(self, shape: Mapping[str, Any]) -> Draft202012Validator:
        schema = {**shape, "components": self.description["components"]}
        return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture
def api(as_visitor: Visitor) -> ApiClient:
    """A program that uses the interface."""
    description = as_visitor.fetch("/api/v1/openapi.json").json
    assert description is not None
    return ApiClient(as_visitor, description)
