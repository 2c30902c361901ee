"""The command `xianzhi`: all commands of the product under one name; exit status 0, 1 (a finding), 2 (bad use)."""

import os
import sys

from django.core.management import execute_from_command_line
from django.core.management.base import SystemCheckError


def main() -> None:
    """Runs the command of the command line. What is wrong is said in plain sentences, never as a stack trace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xianzhi.site.settings")
    from xianzhi.law.errors import LawError  # noqa: PLC0415 - settings first

    sys.argv[0] = "xianzhi"
    try:
        execute_from_command_line(sys.argv)
    except LawError as error:
        for finding in error.findings:
            print(finding, file=sys.stderr)
        sys.exit(2)
    except SystemCheckError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


if __name__ == "__main__":
    main()
