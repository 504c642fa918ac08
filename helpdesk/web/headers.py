"""Security headers of every answer: nothing from elsewhere, nothing inline, framed by nobody."""

from collections.abc import Callable, Mapping
from wsgiref.headers import Headers

from flask import Flask, Response

from helpdesk.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "report-uri /csp-melding; report-to meldingen"
)


def init_headers(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer of the application."""

    def protect(response: Response) -> Response:
        for name, value in _headers(settings).items():
            response.headers[name] = value
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        return response

    app.after_request(protect)


def protect_file(settings: Settings) -> Callable[[Headers, str, str], None]:
    """Return what sets the headers on a file that is served without the application."""

    def protect(headers: Headers, _path: str, _url: str) -> None:
        for name, value in _headers(settings).items():
            headers[name] = value

    return protect


def _headers(settings: Settings) -> Mapping[str, str]:
    always = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Reporting-Endpoints": 'meldingen="/csp-melding"',
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    }
    return always | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if settings.is_https else {})
