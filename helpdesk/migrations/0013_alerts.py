"""Follow searches, themes, articles, rulings and living news by e-mail.

Five new tables; no existing rows are touched. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_alerts"
down_revision = "0012_newsletters"


def upgrade() -> None:
    op.create_table(
        "alert_follower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("rhythm", sa.String(12), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letter_state", sa.String(12), nullable=True),
        sa.Column("letter_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alert_follower"),
        sa.UniqueConstraint("handle", name="uq_alert_follower_handle"),
        sa.UniqueConstraint("address", name="uq_alert_follower_address"),
    )
    op.create_index("ix_alert_follower_letter_state", "alert_follower", ["letter_state"])
    op.create_table(
        "alert_follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_entry", sa.Integer(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_follow"),
        sa.UniqueConstraint("follower_id", "digest", name="uq_alert_follow_follower_id"),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["alert_follower.id"],
            name="fk_alert_follow_follower_id_alert_follower",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "alert_digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_digest"),
        sa.UniqueConstraint("handle", name="uq_alert_digest_handle"),
        sa.UniqueConstraint("follower_id", "due_on", name="uq_alert_digest_follower_id"),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["alert_follower.id"],
            name="fk_alert_digest_follower_id_alert_follower",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_alert_digest_state", "alert_digest", ["state"])
    op.create_table(
        "alert_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("follow_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(300), nullable=False),
        sa.Column("version", sa.String(60), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alert_item"),
        sa.UniqueConstraint("follow_id", "document_id", "version", name="uq_alert_item_follow_id"),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["alert_digest.id"], name="fk_alert_item_digest_id_alert_digest", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["follow_id"], ["alert_follow.id"], name="fk_alert_item_follow_id_alert_follow", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_alert_item_digest_id", "alert_item", ["digest_id"])
    op.create_table(
        "alert_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_attempt"),
    )
    op.create_index("ix_alert_attempt_source", "alert_attempt", ["source_digest", "asked_at"])


def downgrade() -> None:
    for table in ("alert_attempt", "alert_item", "alert_digest", "alert_follow", "alert_follower"):
        op.drop_table(table)
