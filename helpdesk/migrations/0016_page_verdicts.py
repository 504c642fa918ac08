"""Keep what visitors find of a page, and what editors put away on the radar.

New tables only; no existing rows are touched. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_page_verdicts"
down_revision = "0015_second_factor"


def upgrade() -> None:
    op.create_table(
        "page_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("is_useful", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_page_verdict"),
    )
    op.create_index("ix_page_verdict_given_on", "page_verdict", ["given_on"])
    op.create_index("ix_page_verdict_document_id", "page_verdict", ["document_id", "given_on"])
    op.create_table(
        "verdict_given",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("day", "digest", name="pk_verdict_given"),
    )
    op.create_table(
        "radar_put_away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("put_away_by_id", sa.Integer(), nullable=False),
        sa.Column("put_away_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_radar_put_away"),
        sa.UniqueConstraint("kind", "subject", name="uq_radar_put_away_kind"),
        sa.ForeignKeyConstraint(["put_away_by_id"], ["user.id"], name="fk_radar_put_away_put_away_by_id_user"),
    )


def downgrade() -> None:
    op.drop_table("radar_put_away")
    op.drop_table("verdict_given")
    op.drop_index("ix_page_verdict_document_id", "page_verdict")
    op.drop_index("ix_page_verdict_given_on", "page_verdict")
    op.drop_table("page_verdict")
