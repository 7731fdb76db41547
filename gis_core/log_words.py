"""What never reaches a log: secrets in addresses. Invitations open accounts, device tokens their lists."""

import logging
import re

SECRET_IN_ADDRESS = re.compile(r"(/welcome/|/openrosa/key/)[^/\s?#]+")


class WithoutSecrets(logging.Filter):
    """Django names the address of every answer from 400 upwards; a mistyped password is one of those."""

    def filter(self, record: logging.LogRecord) -> bool:
        sentence = record.getMessage()
        told = SECRET_IN_ADDRESS.sub(r"\1…", sentence)
        if told != sentence:
            record.msg, record.args = told, ()
        return True
