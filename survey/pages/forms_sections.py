"""What these pages tell the shell."""


def register() -> None: ...
