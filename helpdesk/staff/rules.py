"""How acts in the audit log are called on the screen: pure, no database."""

ACTS = {
    "user.added": "Account gemaakt",
    "user.disabled": "Account afgesloten",
    "user.erased": "Gegevens van een medewerker gewist",
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
    "advice.claimed": "Terugbelvraag genomen",
    "advice.follow_up": "Opvolging gevraagd",
    "advice.followed_up": "Opvolging gedaan",
    "advice.imported": "Adviezen ingevoerd uit een bestand",
    "advice.suggested": "Vroegere adviezen getoond",
    "advice.text_removed": "Tekst van adviezen verwijderd na de bewaartermijn",
    "advice.traces_confirmed": "Bewaard ondanks een waarschuwing voor persoonsgegevens",
    "advice_draft.discarded": "Ontwerp weggegooid",
    "figure.entered": "Cijfer ingevuld",
    "figure.removed": "Cijfer verwijderd",
    "guidance.changed": "Begeleiding gewijzigd",
    "guidance.imported": "Begeleidingen ingevoerd uit een bestand",
    "guidance.recorded": "Begeleiding genoteerd",
    "guidance.removed": "Begeleiding verwijderd",
    "person.erased": "Gegevens van een adres gewist",
    "person.exported": "Gegevens van een adres uitgevoerd",
    "person.looked_up": "Gegevens van een adres opgezocht",
    "proposal.handled": "Voorstel behandeld",
    "proposal.made": "Voorstel gedaan",
    "radar.put_away": "Weggelegd op het overzicht van de redactie",
    "radar.taken_back": "Teruggezet op het overzicht van de redactie",
    "reference.removed": "Verwijzing verwijderd",
    "reference.restored": "Verwijzing hersteld",
    "report_lines.entered": "Regels van het jaarverslag ingevuld",
    "ruling.added": "Uitspraak toegevoegd",
    "ruling.corrected": "Uitspraak verbeterd",
    "ruling.file_changed": "Bestand van een uitspraak gewijzigd",
    "ruling.published": "Uitspraak gepubliceerd",
    "ruling.withdrawn": "Uitspraak ingetrokken",
    "training.changed": "Vorming gewijzigd",
    "training.imported": "Vormingen ingevoerd uit een bestand",
    "training.recorded": "Vorming genoteerd",
    "training.removed": "Vorming verwijderd",
    "treatment.entered": "Behandeling ingevuld",
    "treatment.removed": "Behandeling verwijderd",
    "year.closed": "Jaar afgesloten",
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
    "person": "Gegevens van personen",
    "proposal": "Voorstellen",
    "report_lines": "Regels van het jaarverslag",
    "advice_draft": "Ontwerpen",
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
