"""Record trainings and guidance.

Four new tables; no existing rows are touched. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_activities"
down_revision = "0008_logging"


def upgrade() -> None:
    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sector", sa.String(40), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        *_recorded(),
        sa.PrimaryKeyConstraint("id", name="pk_training"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name="fk_training_recorded_by_id_user"),
        sa.CheckConstraint("participants >= 0", name="ck_training_participants_from_zero"),
        sa.CheckConstraint("sector <> ''", name="ck_training_sector_is_a_code_or_absent"),
    )
    op.create_index("ix_training_counted", "training", ["held_on", "kind", "sector", "participants"])
    op.create_table(
        "training_theme",
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("training_id", "node", name="pk_training_theme"),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training.id"], name="fk_training_theme_training_id_training", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_training_theme_node", "training_theme", ["node", "training_id"])
    op.create_table(
        "guidance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sector", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("organisations", sa.JSON(), nullable=False),
        *_recorded(),
        sa.PrimaryKeyConstraint("id", name="pk_guidance"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name="fk_guidance_recorded_by_id_user"),
    )
    op.create_table(
        "guidance_session",
        sa.Column("guidance_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("guidance_id", "held_on", name="pk_guidance_session"),
        sa.ForeignKeyConstraint(
            ["guidance_id"], ["guidance.id"], name="fk_guidance_session_guidance_id_guidance", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_guidance_session_held_on", "guidance_session", ["held_on", "guidance_id"])


def _recorded() -> list[sa.Column]:
    return [
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
    ]


def downgrade() -> None:
    op.drop_table("guidance_session")
    op.drop_table("guidance")
    op.drop_table("training_theme")
    op.drop_table("training")
