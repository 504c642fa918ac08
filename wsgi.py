"""What a web server imports."""

from helpdesk.app import create_app

app = create_app()
