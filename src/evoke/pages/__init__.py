"""What a learner sees: one file a page, shared pieces in `parts/`. Knows the room, and no model, store or coder."""
