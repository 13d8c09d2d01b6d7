"""Lets a counsellor policy hold a session with a client. Knows both only by what they say."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from evoke.counsellor.policy import Policy
from evoke.session import Session
from evoke.transcript import Transcript


def simulate(
    session: Session, policy: Policy, *, turns: int, progress: Callable[[int, int], None] | None = None
) -> Transcript:
    """At most `turns` learner turns, fewer where the client goes or the policy has nothing more to say.

    Raises what the session raises.
    """
    for done in range(turns):
        words = policy.say(session.transcript())
        if words is None or session.ended:
            break
        session.hear(words)
        deque(session.answer(), maxlen=0)
        if progress:
            progress(done + 1, turns)
    session.end()
    return session.transcript().model_copy(update={"counsellor": policy.name})
