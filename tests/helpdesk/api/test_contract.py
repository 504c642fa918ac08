"""Hold /api/v1 against its own description with requests nobody thought of: every check of schemathesis, no failure."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests.conftest import House

EXAMPLES = 40  # per operation and kind: what the description allows, and what it forbids
OPERATIONS = [
    ("GET", "/api/v1/search"),
    ("GET", "/api/v1/rulings"),
    ("GET", "/api/v1/rulings/{slug}"),
    ("GET", "/api/v1/texts"),
    ("GET", "/api/v1/texts/{kind}/{slug}"),
    ("GET", "/api/v1/articles/{law}/{article}"),
    ("POST", "/api/v1/references"),
]
FORBIDS_NOTHING = {"/api/v1/rulings/{slug}", "/api/v1/articles/{law}/{article}"}  # any text may be an address
TRIED = [
    (*operation, mode)
    for operation in OPERATIONS
    for mode in GenerationMode
    if not (mode is GenerationMode.NEGATIVE and operation[1] in FORBIDS_NOTHING)
]


@pytest.mark.stored
@pytest.mark.parametrize(("method", "path", "mode"), TRIED)
def test_every_answer_is_the_one_described(house: House, method: str, path: str, mode: GenerationMode) -> None:
    """All checks: described status, media type, headers and shape, no server error, refusal of what is forbidden."""
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house.app)[path][method]
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        data.draw(strategy).call_and_validate()

    hold()


@pytest.mark.stored
def test_every_operation_that_is_described_is_tried(house: House) -> None:
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house.app)

    found = [result.ok() for result in described.get_all_operations() if isinstance(result, Ok)]
    assert {(one.method.upper(), one.path) for one in found} == set(OPERATIONS)
