"""What the parts of a report are called on a page. Knows words only."""

from __future__ import annotations

from evoke.coach.balance import Room
from evoke.coach.better import Origin
from evoke.coach.evidence import GlobalName
from evoke.measures import Band
from evoke.persona import Stage
from evoke.transcript import Variable

BANDS: dict[Band, str] = {"below": "below fair", "fair": "fair (basic)", "good": "good (proficient)"}
GLOBALS: dict[GlobalName, str] = {
    "cultivating": "Cultivating change talk",
    "softening": "Softening sustain talk",
    "partnership": "Partnership",
    "empathy": "Empathy",
}
ROOMS: dict[Room, str] = {
    "guiding": "Guiding: close to the client, and moving",
    "following": "Following: close to the client",
    "directing": "Directing: moving, away from the client",
    "adrift": "Adrift: neither",
}
VARIABLES: dict[Variable, str] = {
    "trust": "Trust",
    "discord": "Discord",
    "importance": "Importance of change",
    "confidence": "Confidence to change",
}
STAGES: dict[Stage, str] = {
    "precontemplation": "not thinking of change",
    "contemplation": "in two minds",
    "preparation": "getting ready",
}
ORIGINS: dict[Origin, str] = {
    "card": "written for this client",
    "handbook": "an example from the handbook, about somebody else",
    "model": "written by a language model",
}
