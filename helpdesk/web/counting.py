"""The seal on a page that exists: a view is counted only with the seal that its page carried.

It depends on the path and the key of the installation alone, never on the visitor or the moment: a page that is kept by
a browser or a cache keeps a seal that is good. Checking it asks neither the database nor the map of addresses.
"""

import hashlib
import hmac

SEAL_CHARACTERS = 20


def seal_of(path: str, *, secret: str) -> str:
    """Return the seal of a path."""
    return hmac.new(secret.encode(), f"counted-page {path}".encode(), hashlib.sha256).hexdigest()[:SEAL_CHARACTERS]


def is_sealed(path: str, seal: str, *, secret: str) -> bool:
    """Tell whether we sealed this path."""
    return seal.isascii() and hmac.compare_digest(seal, seal_of(path, secret=secret))
