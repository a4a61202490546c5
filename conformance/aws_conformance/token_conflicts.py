"""Whether the error for a reused token is documented to be that, or only named like one.

Most models list one ConflictException, which may stand for a name that is taken or for something
that is being changed: it promises nothing of tokens unless its own text, or the token's, says so.
"""

from __future__ import annotations

import re
from typing import Any, Final

from aws_specs import sdk
from aws_specs.errors import ConformanceError
from aws_specs.spec import Operation

_OF_TOKENS: Final = re.compile(r"\bidempoten|\btoken", re.IGNORECASE)
_OF_REUSE: Final = re.compile(
    r"(different|other|changed|modified)[ \w]{0,20} (param|request|input)"
)
_TAKEN: Final = re.compile(r"Already|Exists|Duplicate")


def binds(operation: Operation, token: str, error: str) -> bool:
    """Whether a reused token must be answered with the error: a page lists it, or a text says so.

    Where the SDK's model alone lists a conflict, its name must speak of idempotency, or the text
    of the error or of the token of tokens that are used again.
    """
    if operation.page is not None or "idempot" in error.lower():
        return True
    if _OF_TOKENS.search(_error_text(operation, error)):
        return True
    text = _member_text(operation, token)
    return bool(_OF_REUSE.search(text)) and ("error" in text or "exception" in text.lower())


def answers_a_retry(operation: Operation, error: str) -> bool:
    """Whether a declared error is documented to name what an earlier request with the token made.

    EFS documents so: FileSystemAlreadyExists, "with the creation token you provided".
    """
    return bool(_TAKEN.search(error)) and bool(_OF_TOKENS.search(_error_text(operation, error)))


def _error_text(operation: Operation, name: str) -> str:
    try:
        model: Any = sdk.operation_model(operation.service, operation.name)
    except ConformanceError:
        return ""
    texts = {str(shape.name): str(shape.documentation) for shape in model.error_shapes}
    return texts.get(name, "")


def _member_text(operation: Operation, member: str) -> str:
    try:
        model: Any = sdk.operation_model(operation.service, operation.name)
    except ConformanceError:
        return ""
    members: Any = model.input_shape.members if model.input_shape else {}
    return str(members[member].documentation) if member in members else ""
