"""One request, one transaction, ended at the edge: committed when a writing method succeeded, undone otherwise."""

from http import HTTPStatus

from flask import Flask, Response, g, request

from helpdesk.web.database import db_session

WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def init_transaction(app: Flask) -> None:
    """End the transaction of each request after its view."""
    app.after_request(_end_transaction)


def commit_even_if_refused() -> None:
    """Store what this request wrote also when it answers with an error: a failed login must count."""
    g.commit_even_if_refused = True


def _end_transaction(response: Response) -> Response:
    session = db_session()
    succeeded = response.status_code < HTTPStatus.BAD_REQUEST or g.get("commit_even_if_refused", False)
    if request.method not in WRITING_METHODS or not succeeded:
        session.rollback()
        return response
    session.commit()
    return response
