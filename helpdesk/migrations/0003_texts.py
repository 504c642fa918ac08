"""Texts of editors with their versions and themes."""

import sqlalchemy as sa
from alembic import op

revision = "0003_texts"
down_revision = "0002_rulings"


def upgrade() -> None:
    op.create_table(
        "text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("content_path", sa.String(length=300), nullable=False),
        sa.Column("live_number", sa.Integer(), nullable=True),
        sa.Column("imported_checksum", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text")),
        sa.UniqueConstraint("content_path", name=op.f("uq_text_content_path")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_text_kind")),
    )
    op.create_table(
        "text_theme",
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name=op.f("fk_text_theme_text_id_text"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("text_id", "node", name=op.f("pk_text_theme")),
    )
    op.create_index("ix_text_theme_node", "text_theme", ["node"], unique=False)
    op.create_table(
        "text_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("summary", sa.String(length=1000), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("stand_of_law", sa.Date(), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("to_check", sa.JSON(), nullable=False),
        sa.Column("abbreviations", sa.JSON(), nullable=False),
        sa.Column("synonyms", sa.JSON(), nullable=False),
        sa.Column("rulings", sa.JSON(), nullable=False),
        sa.Column("news_kind", sa.String(length=20), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("updated_on", sa.Date(), nullable=True),
        sa.Column("update_note", sa.String(length=300), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=80), nullable=True),
        sa.Column("review_after_months", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_text_version_published_by_id_user")),
        sa.ForeignKeyConstraint(
            ["text_id"], ["text.id"], name=op.f("fk_text_version_text_id_text"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_version")),
        sa.UniqueConstraint("text_id", "number", name=op.f("uq_text_version_text_id")),
    )
    op.create_index(op.f("ix_text_version_text_id"), "text_version", ["text_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_text_version_text_id"), table_name="text_version")
    op.drop_table("text_version")
    op.drop_index("ix_text_theme_node", table_name="text_theme")
    op.drop_table("text_theme")
    op.drop_table("text")
