"""How acts in the audit log are called on the screen: pure, no database."""

ACTS = {
    "user.added": "Account gemaakt",
    "user.disabled": "Account afgesloten",
    "user.enabled": "Account weer geopend",
    "user.invitation_asked": "Uitgenodigd",
    "user.invitation_used": "Uitnodiging aanvaard",
    "user.passkey_added": "Passkey gemaakt",
    "user.passkey_removed": "Passkey verwijderd",
    "user.password_changed": "Wachtwoord gewijzigd",
    "user.password_reset": "Wachtwoord gezet met een commando",
    "user.recovery_code_used": "Herstelcode gebruikt",
    "user.recovery_codes_made": "Herstelcodes gemaakt",
    "user.reset_asked": "Nieuw wachtwoord gevraagd",
    "user.reset_used": "Nieuw wachtwoord gekozen",
    "user.roles_changed": "Rollen gewijzigd",
    "user.second_factor_reset": "Tweede stap gewist",
    "user.second_step": "Tweede stap gezet",
    "user.session_ended": "Aanmelding beëindigd",
    "user.sessions_ended": "Aanmeldingen beëindigd",
    "user.signed_in": "Aangemeld",
    "user.totp_added": "App ingesteld",
    "user.totp_removed": "App verwijderd",
    "advice.read": "Advies gelezen",
    "advice.listed": "Lijst van adviezen gelezen",
    "advice.recorded": "Advies genoteerd",
    "advice.corrected": "Advies verbeterd",
}
FIELDS = {"roles": "rollen", "is_active": "actief", "factors": "factoren", "open": "open aanmeldingen"}
KINDS = {
    "user": "Accounts",
    "advice": "Adviezen",
    "ruling": "Uitspraken",
    "training": "Vormingen",
    "guidance": "Begeleidingen",
    "figure": "Cijfers",
    "year": "Jaarverslag",
    "treatment": "Behandelingen",
    "reference": "Verwijzingen",
    "proposal": "Voorstellen",
}


def act_label(act: str) -> str:
    """Return what an act is called on the screen; its code when it has no other name."""
    return ACTS.get(act, act)


def changes_in_words(changes: dict[str, list[str | int | bool | None]] | None) -> list[str]:
    """Return each change as "rollen: jurist → beheerder", by field."""
    return [
        f"{FIELDS.get(name, name)}: {_value(before)} → {_value(after)}"
        for name, (before, after) in sorted((changes or {}).items())
    ]


def _value(value: str | int | bool | None) -> str:  # noqa: FBT001 - what stands in the log
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return "geen" if value in (None, "") else str(value).replace(",", ", ")
