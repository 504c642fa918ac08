"""What the site is measured beside: the least a Flask page of its size costs, served the same way."""

from flask import Flask

app = Flask("bare")
app.add_url_rule("/", "page", lambda: "x" * 30_000)
