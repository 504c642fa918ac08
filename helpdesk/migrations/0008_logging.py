"""Keep what a jurist is typing on the server, and what hangs on a piece of advice.

New tables and columns; old advice keeps its codes and has nothing of the new. Safe while the previous version runs: the
new columns can be empty or have a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_logging"
down_revision = "0006_references"


def upgrade() -> None:
    op.create_index("ix_advice_recorded_last", "advice", ["recorded_by_id", "recorded_at", "id"])
    op.create_table(
        "advice_draft",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("advice_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_advice_draft_owner_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["advice_id"], ["advice.id"], name="fk_advice_draft_advice_id_advice", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_advice_draft"),
    )
    op.create_index("ix_advice_draft_advice_id", "advice_draft", ["advice_id"])
    op.create_index("ix_advice_draft_owner", "advice_draft", ["owner_id", "saved_at"])
    op.create_index("ix_advice_draft_saved_at", "advice_draft", ["saved_at"])
    op.create_table(
        "caller_preset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("caller_category", sa.String(length=40), nullable=False),
        sa.Column("caller_sector", sa.String(length=40), nullable=True),
        sa.Column("caller_region", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_caller_preset_owner_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_caller_preset"),
    )
    op.create_index("ix_caller_preset_owner_name", "caller_preset", ["owner_id", "name"], unique=True)
    op.create_table(
        "advice_snippet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_advice_snippet_owner_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_advice_snippet"),
    )
    op.create_index("ix_advice_snippet_owner_name", "advice_snippet", ["owner_id", "name"], unique=True)


def downgrade() -> None:
    op.drop_table("advice_snippet")
    op.drop_table("caller_preset")
    op.drop_table("advice_draft")
    op.drop_index("ix_advice_recorded_last", "advice")
