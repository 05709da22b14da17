#!/usr/bin/env python3
"""The one command of the project: `up`, `test`, and every Django command.

Needs only a python3; what else it needs it installs into ./.venv first (see config/bootstrap.py).
"""

import os
import sys
from pathlib import Path


def main() -> int:
    """Carry out the command line; return the exit code."""
    from config.bootstrap import ensure_packages

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    ensure_packages(for_tests=command == "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("RECONCILE_COMMAND", command)
    if command == "test":
        return _run_tests(sys.argv[2:])
    from django.core.management import execute_from_command_line

    from config.first_use import prepare

    if len(sys.argv) > 1:
        prepare(sys.argv[1:])
    execute_from_command_line(sys.argv)
    return 0


def _run_tests(arguments: list[str]) -> int:
    """Run pytest; the whole suite in two processes, file by file.

    They and all that they start keep what they compile, also where the environment says not to:
    each of hundreds of processes would compile Django anew.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    import pytest

    os.chdir(Path(__file__).resolve().parent)
    in_parallel = [] if arguments else ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    return int(pytest.main([*in_parallel, *arguments]))


if __name__ == "__main__":
    sys.exit(main())
