"""The log formatter that masks identity numbers and telephones: in the message, its arguments and the traceback."""

import logging

from xianzhi.kernel.personal.masks import without_numbers


class Masking(logging.Formatter):
    """Masks the finished line, so that nothing that goes into it is forgotten."""

    def format(self, record: logging.LogRecord) -> str:
        return without_numbers(super().format(record))
