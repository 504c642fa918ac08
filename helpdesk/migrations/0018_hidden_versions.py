"""Let editors hide an old version of a text, with the reason its address tells.

Every version stays visible. Safe while the previous version runs, except that it would show what is hidden meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_hidden_versions"
down_revision = "0017_erasures"


def upgrade() -> None:
    op.add_column("text_version", sa.Column("hidden_reason", sa.String(length=500), nullable=True))


def downgrade() -> None:
    op.drop_column("text_version", "hidden_reason")
