"""What pyxform says, in our words: a pattern of its English sentence, and the sentence for the uploader.

The place (row, sheet, column) is read off before; a pattern sees the rest. Named groups fill the sentence.
"""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Saying:
    pattern: re.Pattern[str]
    sentence: Any
    column: str = ""
    expected: Any = ""
    sheet: str = ""


def say(pattern: str, sentence: Any, column: str = "", expected: Any = "", sheet: str = "") -> Saying:
    return Saying(re.compile(pattern, re.DOTALL), sentence, column, expected, sheet)
