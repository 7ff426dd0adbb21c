"""The error that the command line shows as one line."""


class CommandError(Exception):
    """What was asked for cannot be done; the message says what was seen and what was wanted."""
