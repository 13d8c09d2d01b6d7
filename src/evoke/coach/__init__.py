"""The coach: what a session shows, in bands and quotes, and what to try again. Knows no page and no store.

situation  a learner's turn in its surroundings     evidence   what it shows, by the rows of practice.yaml
balance    empathy and direction, four rooms        globals    the four MITI globals as bands, with quotes
moments    turns that moved the client              feedback   strengths and growth points, in authored words
better     a better line, and where it is from      quotes     words that stand in the transcript
report     the debrief as a value, JSON and HTML    debriefing the order of the work
"""

from evoke.coach.debriefing import debrief

__all__ = ["debrief"]
