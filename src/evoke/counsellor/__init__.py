"""Counsellors made of rules, who hold a session with a client. Know what was said, never the client's state or card.

turning   a client's clause turned round      skilled    listens, gives back, asks openly
scripts   directive, closed, and a file       follower   warm, never leads
habits    lecturer, flatterer, rusher, silent, hostile
by_model  a language model speaks             simulate   lets one talk with a client
"""

from __future__ import annotations

from evoke.counsellor.policy import Policy, open_policy
from evoke.counsellor.simulation import simulate

__all__ = ["Policy", "open_policy", "simulate"]
