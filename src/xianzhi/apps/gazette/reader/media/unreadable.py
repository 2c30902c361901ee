"""What a file is answered with that cannot be read."""


class Unreadable(ValueError):
    """A file that cannot be read: which, why, and what to do, as one sentence for an official."""
