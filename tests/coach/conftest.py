"""A client whose card is known."""

import pytest
import yaml

from evoke.persona import Persona
from evoke.settings import shipped


@pytest.fixture(scope="session")
def marek() -> Persona:
    return Persona.model_validate(yaml.safe_load((shipped("personas") / "alcohol_marek.yaml").read_text("utf-8")))
