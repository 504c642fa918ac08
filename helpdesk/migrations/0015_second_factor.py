"""Seal the audit log as a chain; keep second factors, passkeys, links by mail and more about each session.

Old entries of the log are sealed in the order of their ids. Sessions that are open count as begun with a password only,
seen when they began: who needs a second factor is led to it. Accounts have no second factor yet.
Safe while the previous version runs: new columns may be empty or have a server default; entries that it adds are sealed
by the next one of this version.
"""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0015_second_factor"
down_revision = "0014_helpdesk_ends"

AT_A_TIME = 1_000


def upgrade() -> None:
    with op.batch_alter_table("audit_entry") as table:
        table.add_column(sa.Column("changes", sa.JSON(), nullable=True))
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("seal", sa.String(length=64), nullable=True))
        table.create_unique_constraint("uq_audit_entry_number", ["number"])
    _seal_old_entries()
    with op.batch_alter_table("user") as table:
        table.add_column(sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.text('UPDATE "user" SET password_set_at = created_at'))
    with op.batch_alter_table("user_session") as table:
        table.add_column(sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("browser", sa.String(length=60), nullable=False, server_default=""))
        table.add_column(sa.Column("factors", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("proof_digest", sa.String(length=64), nullable=True))
        table.create_unique_constraint("uq_user_session_proof_digest", ["proof_digest"])
    op.execute(sa.text("UPDATE user_session SET last_seen_at = started_at"))
    op.create_table(
        "mailed_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_mailed_link_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_mailed_link"),
        sqlite_autoincrement=True,  # a link names its number: one that is gone must never come back as another
    )
    op.create_index("ix_mailed_link_user_id", "mailed_link", ["user_id"])
    op.create_table(
        "totp_key",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("locked_key", sa.String(length=200), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_totp_key_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_totp_key"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_recovery_code_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_passkey_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])


def downgrade() -> None:
    for table in ("passkey", "recovery_code", "totp_key", "mailed_link"):
        op.drop_table(table)
    with op.batch_alter_table("user_session") as table:
        table.drop_constraint("uq_user_session_proof_digest", type_="unique")
        for column in ("proof_digest", "factors", "browser", "last_seen_at"):
            table.drop_column(column)
    with op.batch_alter_table("user") as table:
        table.drop_column("password_set_at")
        table.drop_column("second_factor_at")
    with op.batch_alter_table("audit_entry") as table:
        table.drop_constraint("uq_audit_entry_number", type_="unique")
        for column in ("seal", "number", "changes"):
            table.drop_column(column)


def _seal_old_entries() -> None:
    """Seal what stands in the log as helpdesk/core/audit.py did when this was written."""
    connection = op.get_bind()
    entries = sa.table(
        "audit_entry",
        sa.column("id", sa.Integer()),
        sa.column("act", sa.String()),
        sa.column("subject_id", sa.String()),
        sa.column("user_id", sa.Integer()),
        sa.column("noted_at", sa.DateTime(timezone=True)),
        sa.column("detail", sa.String()),
        sa.column("number", sa.Integer()),
        sa.column("seal", sa.String()),
    )
    seal = sa.update(entries).where(entries.c.id == sa.bindparam("row"))
    seal = seal.values(number=sa.bindparam("place"), seal=sa.bindparam("mark"))
    last, number, mark = 0, 0, "0" * 64
    query = sa.select(entries).order_by(entries.c.id).limit(AT_A_TIME)
    while rows := connection.execute(query.where(entries.c.id > last)).all():
        sealed = []
        for row in rows:
            number += 1
            noted_at = row.noted_at.replace(tzinfo=UTC) if row.noted_at.tzinfo is None else row.noted_at.astimezone(UTC)
            content = [mark, number, row.act, row.subject_id, row.user_id]
            content += [noted_at.isoformat(timespec="microseconds"), row.detail, None]
            written = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
            mark = hashlib.sha256(written.encode("ascii")).hexdigest()
            sealed.append({"row": row.id, "place": number, "mark": mark})
        connection.execute(seal, sealed)
        last = rows[-1].id
