"""Names of ethnic groups and religions: as choices they ask what the denylist denies by its heading.

A question 「您是？」 with the choices 汉族, 回族 asks for ethnicity without the word. A place stays a place:
宁夏回族自治区, 蒙古族中学, 水族馆.
"""

import re
from collections.abc import Iterable

_GROUPS = (
    "汉|回|蒙古|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|"
    "土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|"
    "乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_PLACES = "自治|乡|镇|村|馆|路|街|中学|小学|学校|大学|医院|园|区|语|文"
_HAN = re.compile(
    rf"(?:{_GROUPS})族(?!{_PLACES})|(?:佛教|道教(?!授|育)|伊斯兰教|基督教|天主教|东正教)(?!{_PLACES})"
)
_LATIN = re.compile(
    r"(?<![a-z])(?:muslims?|christians?|buddhists?|taoists?|daoists?|catholics?|hindus?|islam)(?![a-z])"
)
_SHORT = frozenset("汉回蒙藏维满壮苗彝")


def names_a_group(text: str) -> bool:
    return bool(_HAN.search(re.sub(r"\s", "", text)))


def names_a_religion(text: str) -> bool:
    return bool(_LATIN.search(text.lower()))


def lists_groups(labels: Iterable[str]) -> bool:
    """汉 / 回 / 其他: two or more bare short names in one list."""
    return len({label.strip() for label in labels} & _SHORT) >= 2
