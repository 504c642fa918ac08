"""Let editors hide a version of the file of a publication, and note which versions of texts an edition is printed from.

Every file stays visible. Of editions made before nothing is noted: what they were printed from is told by their date.
Safe while the previous version runs, except that it would show what is hidden meanwhile and note nothing of an edition
it makes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_hidden_editions"
down_revision = "0018_hidden_versions"


def upgrade() -> None:
    op.add_column("publication_file", sa.Column("hidden_reason", sa.String(length=500), nullable=True))
    op.create_table(
        "publication_part",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", "text_id", "number", name="pk_publication_part"),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["publication_file.id"],
            name="fk_publication_part_file_id_publication_file",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name="fk_publication_part_text_id_text", ondelete="CASCADE"),
    )
    op.create_index("ix_publication_part_text_id", "publication_part", ["text_id", "number"])


def downgrade() -> None:
    op.drop_table("publication_part")
    op.drop_column("publication_file", "hidden_reason")
