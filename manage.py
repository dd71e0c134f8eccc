#!/usr/bin/env python3
"""BreachReg's command line: `python manage.py help`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "breachreg.settings")
    from django.core.management import execute_from_command_line

    from breachreg.law.datafile import BadData

    try:
        execute_from_command_line(sys.argv)
    except BadData as trouble:  # the message names file, line and remedy; a trace through the code would bury it
        sys.exit(f"A data file of the law can't be trusted, so nothing was started.\nbreachreg/law/data/{trouble}")


if __name__ == "__main__":
    main()
