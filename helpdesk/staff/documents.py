"""The list of persons with access as a file, for who answers for the data."""

import csv
import io
from collections.abc import Sequence

from helpdesk.staff.queries import AccountRow

COLUMNS = ("E-mailadres", "Naam", "Rollen", "Toestand", "Tweede stap", "Laatst gezien (UTC)")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t")


def accounts_csv(rows: Sequence[AccountRow]) -> bytes:
    """Return the accounts as CSV, fit for spreadsheets: semicolons, a byte order mark, no cell that could compute."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        seen = row.last_seen_at.strftime("%Y-%m-%d %H:%M") if row.last_seen_at else ""
        cells = (row.email, row.display_name, row.roles, row.state, "ja" if row.has_second_factor else "nee", seen)
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell for cell in cells])
    return text.getvalue().encode("utf-8-sig")
