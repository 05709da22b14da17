"""Make ./.venv match the requirements, and go on inside it. Standard library only."""


def ensure_packages(*, for_tests: bool) -> None:
    """Placeholder replaced in the next commit."""
