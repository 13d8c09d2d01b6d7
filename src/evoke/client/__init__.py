"""The client: a mind in code and a voice from a model. Knows no page and no store.

hearing    what is noticed in the learner's words     guard     what the voice must not say, as patterns
state      how the client stands; the snapshot        screen    one reply on its way, piece by piece
dynamics   the table of what moves the client         checks    what is wrong with a whole reply
feel       that table applied                         speaking  attempts, catches, the line behind them
choices    how the next move is drawn, as data        voice     messages, append-only
leaning    how likely each talk and move is           returning what is brought to a second talk
calibration  the numbers fitted to real clients       odd       remarks that leave the exercise
material   lines that may be said now                 wording   how-phrases and deflections
director   draws the move                             concern   a learner's own distress
mind       all of these from turn to turn             move      what was heard, what is done
"""
