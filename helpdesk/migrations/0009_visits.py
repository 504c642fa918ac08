"""Count the visits of public pages without cookies.

Six new tables; no existing rows are touched. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_visits"
down_revision = "0009_saved_views"


def upgrade() -> None:
    op.create_table(
        "counted_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counted_page"),
        sa.UniqueConstraint("path", name="uq_counted_page_path"),
    )
    op.create_table(
        "page_views",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "day", name="pk_page_views"),
        sa.ForeignKeyConstraint(
            ["page_id"], ["counted_page.id"], name="fk_page_views_page_id_counted_page", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_page_views_day", "page_views", ["day", "page_id", "views"])
    op.create_table(
        "day_visitors",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_day_visitors"),
    )
    op.create_table(
        "day_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_day_salt"),
    )
    op.create_table(
        "seen_visitor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("day", "digest", name="pk_seen_visitor"),
    )
    op.create_table(
        "search_count",
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(100), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("without_result", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month_on", "words", name="pk_search_count"),
    )


def downgrade() -> None:
    for table in ("search_count", "seen_visitor", "day_salt", "day_visitors", "page_views", "counted_page"):
        op.drop_table(table)
