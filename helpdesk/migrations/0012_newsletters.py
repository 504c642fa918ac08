"""The newsletter: readers with their consent, issues, and one row per copy.

New tables; no existing rows are touched. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_newsletters"
down_revision = "0011_living_texts"


def upgrade() -> None:
    op.create_table(
        "newsletter_movement",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_newsletter_movement"),
    )
    op.create_table(
        "newsletter_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_request"),
    )
    op.create_index("ix_newsletter_request_asked_at", "newsletter_request", ["asked_at"])
    op.create_index("ix_newsletter_request_source_digest", "newsletter_request", ["source_digest", "asked_at"])
    op.create_table(
        "newsletter_subscriber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_subscriber"),
        sa.UniqueConstraint("email", name="uq_newsletter_subscriber_email"),
        sa.UniqueConstraint("key", name="uq_newsletter_subscriber_key"),
    )
    op.create_index("ix_newsletter_subscriber_state", "newsletter_subscriber", ["state"])
    op.create_table(
        "newsletter_suppression",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(10), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_newsletter_suppression"),
    )
    op.create_table(
        "newsletter_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_consent"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["newsletter_subscriber.id"],
            name="fk_newsletter_consent_subscriber_id_newsletter_subscriber",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_newsletter_consent_subscriber_id", "newsletter_consent", ["subscriber_id"])
    op.create_table(
        "newsletter_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("composed_by_id", sa.Integer(), nullable=True),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_issue"),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name="fk_newsletter_issue_approved_by_id_user"),
        sa.ForeignKeyConstraint(["composed_by_id"], ["user.id"], name="fk_newsletter_issue_composed_by_id_user"),
        sa.UniqueConstraint("year", "number", name="uq_newsletter_issue_year"),
    )
    op.create_index("ix_newsletter_issue_state", "newsletter_issue", ["state"])
    op.create_table(
        "newsletter_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_letter"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["newsletter_subscriber.id"],
            name="fk_newsletter_letter_subscriber_id_newsletter_subscriber",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_newsletter_letter_state", "newsletter_letter", ["state", "id"])
    op.create_index("ix_newsletter_letter_subscriber_id", "newsletter_letter", ["subscriber_id"])
    op.create_table(
        "newsletter_preference",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "branch", name="pk_newsletter_preference"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["newsletter_subscriber.id"],
            name="fk_newsletter_preference_subscriber_id_newsletter_subscriber",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "newsletter_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("token", sa.String(24), nullable=False),
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("sender", sa.String(120), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_delivery"),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["newsletter_issue.id"],
            name="fk_newsletter_delivery_issue_id_newsletter_issue",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["newsletter_subscriber.id"],
            name="fk_newsletter_delivery_subscriber_id_newsletter_subscriber",
            ondelete="SET NULL",
        ),
        sa.UniqueConstraint("issue_id", "subscriber_id", name="uq_newsletter_delivery_issue_id"),
        sa.UniqueConstraint("token", name="uq_newsletter_delivery_token"),
    )
    op.create_index("ix_newsletter_delivery_queue", "newsletter_delivery", ["issue_id", "state", "id"])
    op.create_index("ix_newsletter_delivery_subscriber_id", "newsletter_delivery", ["subscriber_id"])
    op.create_table(
        "newsletter_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("teaser", sa.Text(), nullable=False),
        sa.Column("address", sa.String(400), nullable=False),
        sa.Column("branches", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_item"),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["newsletter_issue.id"],
            name="fk_newsletter_item_issue_id_newsletter_issue",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("issue_id", "source", name="uq_newsletter_item_issue_id"),
    )
    op.create_table(
        "newsletter_bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_bounce"),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["newsletter_delivery.id"],
            name="fk_newsletter_bounce_delivery_id_newsletter_delivery",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["newsletter_subscriber.id"],
            name="fk_newsletter_bounce_subscriber_id_newsletter_subscriber",
            ondelete="SET NULL",
        ),
        sa.UniqueConstraint("delivery_id", "kind", name="uq_newsletter_bounce_delivery_id"),
    )
    op.create_index("ix_newsletter_bounce_subscriber_id", "newsletter_bounce", ["subscriber_id"])


def downgrade() -> None:
    for table in (
        "newsletter_bounce",
        "newsletter_item",
        "newsletter_delivery",
        "newsletter_preference",
        "newsletter_letter",
        "newsletter_issue",
        "newsletter_consent",
        "newsletter_suppression",
        "newsletter_subscriber",
        "newsletter_request",
        "newsletter_movement",
    ):
        op.drop_table(table)
