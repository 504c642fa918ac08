"""Where editors write, review, plan, publish and withdraw texts."""

from helpdesk.text_editor.routes import drafts, published

__all__ = ["drafts", "published"]
