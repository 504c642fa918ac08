"""Keep what a jurist is typing on the server, and what hangs on a piece of advice.

New tables and columns; old advice keeps its codes and has nothing of the new. Safe while the previous version runs: the
new columns can be empty or have a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_logging"
down_revision = "0007_references"


def upgrade() -> None:
    op.create_index("ix_advice_recorded_last", "advice", ["recorded_by_id", "recorded_at", "id"])
    with op.batch_alter_table("advice") as table:
        table.add_column(sa.Column("referred_to", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("scope_exception", sa.Text(), nullable=True))
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.create_index(
        "ix_advice_exception",
        "advice",
        ["given_on"],
        sqlite_where=sa.text("scope_exception IS NOT NULL"),
        postgresql_where=sa.text("scope_exception IS NOT NULL"),
    )
    op.create_table(
        "advice_person",
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("residence_situation", sa.String(length=40), nullable=False),
        sa.Column("nationality", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["advice_id"], ["advice.id"], name="fk_advice_person_advice_id_advice", ondelete="CASCADE"
        ),
        sa.CheckConstraint("position >= 1", name="ck_advice_person_position_after_the_first"),
        sa.CheckConstraint("length(nationality) = 2", name="ck_advice_person_nationality_is_a_code"),
        sa.PrimaryKeyConstraint("advice_id", "position", name="pk_advice_person"),
    )
    op.create_table(
        "advice_source",
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("attached_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advice_id"], ["advice.id"], name="fk_advice_source_advice_id_advice", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("advice_id", "document_id", name="pk_advice_source"),
    )
    op.create_index("ix_advice_source_document", "advice_source", ["document_id", "advice_id"])
    op.create_table(
        "advice_revision",
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advice_id"], ["advice.id"], name="fk_advice_revision_advice_id_advice", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name="fk_advice_revision_changed_by_id_user"),
        sa.PrimaryKeyConstraint("advice_id", "number", name="pk_advice_revision"),
    )
    op.create_table(
        "advice_follow_up",
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["advice_id"], ["advice.id"], name="fk_advice_follow_up_advice_id_advice", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_advice_follow_up_owner_id_user"),
        sa.PrimaryKeyConstraint("advice_id", name="pk_advice_follow_up"),
    )
    op.create_index("ix_advice_follow_up_owner", "advice_follow_up", ["owner_id", "due_on"])
    op.create_table(
        "call_back",
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name="fk_call_back_advice_id_advice", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("advice_id", name="pk_call_back"),
    )
    op.create_index("ix_call_back_kept_at", "call_back", ["kept_at"])
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("node", sa.String(length=80), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name="fk_proposal_proposed_by_id_user"),
        sa.ForeignKeyConstraint(["handled_by_id"], ["user.id"], name="fk_proposal_handled_by_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_handled_at", "proposal", ["handled_at"])
    op.create_table(
        "advice_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("advice_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_advice_change_owner_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_advice_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_advice_change_owner", "advice_change", ["owner_id", "id"])
    op.execute("INSERT INTO advice_change (owner_id) SELECT DISTINCT recorded_by_id FROM advice")
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
    op.drop_table("advice_change")
    op.drop_table("proposal")
    op.drop_table("call_back")
    op.drop_table("advice_follow_up")
    op.drop_table("advice_revision")
    op.drop_table("advice_source")
    op.drop_table("advice_person")
    op.drop_index("ix_advice_exception", "advice")
    with op.batch_alter_table("advice") as table:
        table.drop_column("revision")
        table.drop_column("scope_exception")
        table.drop_column("referred_to")
    op.drop_index("ix_advice_recorded_last", "advice")
