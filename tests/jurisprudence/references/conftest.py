"""The recogniser with the registers of content/, made once."""

import pytest

from helpdesk.settings import PROJECT
from jurisprudence.courts import load_courts
from jurisprudence.legislation import LawRegister, load_laws
from jurisprudence.references.recogniser import Recogniser

LISTS = PROJECT / "content" / "lijsten"


@pytest.fixture(scope="session")
def laws() -> LawRegister:
    return load_laws(LISTS / "wetgeving.yaml")


@pytest.fixture(scope="session")
def recogniser(laws: LawRegister) -> Recogniser:
    return Recogniser(laws, load_courts(LISTS / "hoven.yaml"))
