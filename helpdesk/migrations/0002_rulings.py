"""The case-law database: rulings, their themes and articles, and the texts that discuss them."""

import sqlalchemy as sa
from alembic import op

revision = "0002_rulings"
down_revision = "0001_accounts"


def upgrade() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("court", sa.String(length=20), nullable=False),
        sa.Column("division", sa.String(length=100), nullable=True),
        sa.Column("historic_court_name", sa.String(length=200), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("number_normal", sa.String(length=80), nullable=False),
        sa.Column("role_numbers", sa.JSON(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("ecli", sa.String(length=80), nullable=True),
        sa.Column("ecli_status", sa.String(length=30), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("parties", sa.String(length=300), nullable=True),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("full_text", sa.Text(), nullable=True),
        sa.Column("source_url", sa.String(length=500), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("unverified", sa.JSON(), nullable=False),
        sa.Column("quality", sa.String(length=20), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_path", sa.String(length=300), nullable=True),
        sa.Column("content_source", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        sa.UniqueConstraint("content_path", name=op.f("uq_ruling_content_path")),
        sa.UniqueConstraint("court", "number_normal", "decided_on", name=op.f("uq_ruling_court")),
        sa.UniqueConstraint("slug", name=op.f("uq_ruling_slug")),
    )
    op.create_index("ix_ruling_decided_on", "ruling", ["decided_on"], unique=False)
    op.create_index(op.f("ix_ruling_ecli"), "ruling", ["ecli"], unique=False)
    op.create_table(
        "ruling_mention",
        sa.Column("document_id", sa.String(length=300), nullable=False),
        sa.Column("ruling_slug", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "ruling_slug", name=op.f("pk_ruling_mention")),
    )
    op.create_index(op.f("ix_ruling_mention_ruling_slug"), "ruling_mention", ["ruling_slug"], unique=False)
    op.create_table(
        "ruling_article",
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("normal", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["ruling_id"], ["ruling.id"], name=op.f("fk_ruling_article_ruling_id_ruling"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ruling_id", "position", name=op.f("pk_ruling_article")),
    )
    op.create_index("ix_ruling_article_normal", "ruling_article", ["normal"], unique=False)
    op.create_table(
        "ruling_theme",
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ruling_id"], ["ruling.id"], name=op.f("fk_ruling_theme_ruling_id_ruling"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ruling_id", "node", name=op.f("pk_ruling_theme")),
    )
    op.create_index("ix_ruling_theme_node", "ruling_theme", ["node"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ruling_theme_node", table_name="ruling_theme")
    op.drop_table("ruling_theme")
    op.drop_index("ix_ruling_article_normal", table_name="ruling_article")
    op.drop_table("ruling_article")
    op.drop_index(op.f("ix_ruling_mention_ruling_slug"), table_name="ruling_mention")
    op.drop_table("ruling_mention")
    op.drop_index(op.f("ix_ruling_ecli"), table_name="ruling")
    op.drop_index("ix_ruling_decided_on", table_name="ruling")
    op.drop_table("ruling")
