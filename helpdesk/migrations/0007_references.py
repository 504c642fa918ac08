"""Keep who refers to what: the graph of references, the numbers a ruling is cited by, and how rulings treat each other.

`ruling_mention` goes: what it held is derived from the texts, and the graph holds it too. The next import fills the new
tables, because the lists change with this release. The previous version needs the old table to show a ruling: stop it
before upgrading, or its ruling pages fail until it is stopped.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_references"
down_revision = "0006_ruling_editing"


def upgrade() -> None:
    op.create_table(
        "reference_source",
        sa.Column("id", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reference_source"),
    )
    op.create_index("ix_reference_source_kind", "reference_source", ["kind"])
    op.create_table(
        "reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=300), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("precise", sa.String(length=200), nullable=False),
        sa.Column("law", sa.String(length=40), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("to_number", sa.String(length=60), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["reference_source.id"],
            name="fk_reference_source_id_reference_source",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reference"),
    )
    op.create_index("ix_reference_source_id", "reference", ["source_id"])
    op.create_index("ix_reference_target", "reference", ["target"])
    op.create_index("ix_reference_law_number", "reference", ["law", "number"])
    op.create_table(
        "ruling_identifier",
        sa.Column("normal", sa.String(length=120), nullable=False),
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ruling_id"], ["ruling.id"], name="fk_ruling_identifier_ruling_id_ruling", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("normal", "ruling_id", name="pk_ruling_identifier"),
    )
    op.create_table(
        "ruling_treatment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("treating_slug", sa.String(length=200), nullable=True),
        sa.Column("treating_text", sa.String(length=300), nullable=True),
        sa.Column("treated_slug", sa.String(length=200), nullable=True),
        sa.Column("treated_text", sa.String(length=300), nullable=True),
        sa.Column("note", sa.String(length=1_000), nullable=False),
        sa.Column("treated_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("content_slug", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "treating_slug IS NOT NULL OR treated_slug IS NOT NULL", name="ck_ruling_treatment_one_side_is_ours"
        ),
        sa.CheckConstraint(
            "treating_slug IS NOT NULL OR treating_text IS NOT NULL", name="ck_ruling_treatment_treating_is_named"
        ),
        sa.CheckConstraint(
            "treated_slug IS NOT NULL OR treated_text IS NOT NULL", name="ck_ruling_treatment_treated_is_named"
        ),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name="fk_ruling_treatment_entered_by_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_ruling_treatment"),
    )
    op.create_index("ix_ruling_treatment_treating_slug", "ruling_treatment", ["treating_slug"])
    op.create_index("ix_ruling_treatment_treated_slug", "ruling_treatment", ["treated_slug"])
    op.create_index("ix_ruling_treatment_content_slug", "ruling_treatment", ["content_slug"])
    op.drop_table("ruling_mention")


def downgrade() -> None:
    op.create_table(
        "ruling_mention",
        sa.Column("document_id", sa.String(length=300), nullable=False),
        sa.Column("ruling_slug", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "ruling_slug", name="pk_ruling_mention"),
    )
    op.create_index("ix_ruling_mention_ruling_slug", "ruling_mention", ["ruling_slug"])
    op.drop_table("ruling_treatment")
    op.drop_table("ruling_identifier")
    op.drop_table("reference")
    op.drop_table("reference_source")
