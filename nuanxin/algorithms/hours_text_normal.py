"""One spelling for the many ways people type hours: widths, scripts, signs, numerals, slips."""

import re
import unicodedata

__all__ = ["normalise"]

_TRADITIONAL = (
    "週周開开閉闭館馆時时點点節节間间國国慶庆業业門门關关淩凌雙双單单號号禮礼為为從从後后無无營营務务"
    "與与兩两農农曆历臨临暫暂檢检預预約约調调適适變变當当動动內内廳厅車车場场園园遊游參参觀观進进請请"
    "話话電电聯联環环衛卫區区鐘钟鍾钟個个飯饭醫医診诊掛挂過过還还僅仅對对視视據据詳详見见準准長长氣气"
    "體体實实際际發发補补課课學学勞劳聖圣誕诞樓楼層层線线員员週周終终獨独隨随書书圖图廁厕緊紧應应辦办"
    "處处連连續续歇歇復复運运離离顧顾舊旧願愿條条費费聽听檔档來来達达頭头報报達达壹一貳二叄三肆四伍五陸六"
)
_TO_SIMPLIFIED = str.maketrans(dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)))
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("∶︰﹕ː˸", ":"),
        **dict.fromkeys("‐‑‒–—―−－ー─━~～〜∼﹣﹏", "-"),
        **dict.fromkeys("〔【[［「『〖", "("),
        **dict.fromkeys("〕】]］」』〗", ")"),
        **dict.fromkeys("，﹐", ","),
        **dict.fromkeys("；﹔", ";"),
        **dict.fromkeys("。｡!！?？", "。"),
        **dict.fromkeys("“”\"‘’'《》<>〈〉`", ""),
        **dict.fromkeys("•●·■◆▪○◎※★☆►▶✓√➤\r\v\f\u2028\u2029", "\n"),
        **dict.fromkeys("\t\u3000\xa0|_│", " "),
        **dict.fromkeys("\u200b\u200c\u200d\ufeff", ""),
        **dict.fromkeys("①②③④⑤⑥⑦⑧⑨", "\n"),
        "×": "x",
        "…": "...",
    }
)
_WEEK = "(?:周|星期|礼拜)"
_DAY = "[一二三四五六日天]"
_DIGIT = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_NUMERAL = "[零〇一二两三四五六七八九十廿]{1,4}"
_NOT_A_DAY = "(?![点时月楼层个名号起年分刻百十区路线米])"
_EXCEPTED = "[^,;。()\\n除外]{1,24}?"

_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\d) *\* *(?=\d)", "x"),
        (r"\*", "\n"),
        (r"[ ]*\n[ \n]*", "\n"),
        (
            r"(?:^|(?<=[\n;。 ]))(?:\(\d\)|\d[.、)]|[一二三四五六]、) *(?=[周星礼每工夏冬节双法])",
            "",
        ),
        (r"(?<=\d):{2,}(?=\d)", ":"),
        (r"(?<=\d) *: +(?=\d\d(?!\d))|(?<=\d) +:(?=\d\d(?!\d))", ":"),
        (r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", " "),
        (r"法定 +节", "法定节"),
        (r"节 +假", "节假"),
        (r"闭 +馆", "闭馆"),
        (r"(?:7|七) *(?:x|\*|乘|天|/|日) *[,*]?(?:24|二十四) *(?:h\b|小时)?", "24小时"),
        (r"24 *(?:x|/) *7(?![\d:])", "24小时"),
        (r"三百六十五[天日]", "365天"),
        (r"每(?=晚|早|[上下中]午)", "每天"),
        (rf"({_WEEK}{_DAY})一(?={_WEEK})", r"\1-"),
        (r"(?<=\d) *一 *(?=\d{1,2}[:点时.])", "-"),
        (r"-[- ]*-", "-"),
        (rf"除了?({_WEEK}{_DAY}[^,;。()\n外]{{0,12}})(?=\))", r"\1除外"),
        (rf"除了?({_EXCEPTED})(?:以|之)?外(?!卖|来)", r"(\1除外)"),
        (rf"不(?:含|包括|包含)({_EXCEPTED})(?=[,;。()\n]|$)", r"(\1除外)"),
    )
)
_MORE_DAYS = re.compile(
    rf"({_WEEK}{_DAY})((?: *(?:[,、/-]|和|及|与|至|到) *)?)([一二三四五六日]){_NOT_A_DAY}"
)
_NUMERAL_BEFORE = re.compile(
    rf"{_NUMERAL}(?=点|个?小时|时(?![间候段期刻常装令长])|月(?:{_NUMERAL}|\d+)?[日号]?)|[零〇一二三四五六七八九]{{4}}(?=年)"
)
_MINUTES_AFTER = re.compile(rf"(?<=[点时])({_NUMERAL})(?=分|[^\u4e00-\u9fff]|[至到的开关]|$)")
_DAY_AFTER = re.compile(rf"(?<=月)({_NUMERAL})(?=[日号])|(?<=[-至到、,])({_NUMERAL})(?=号)")
_DAY_AFTER_DAY = re.compile(rf"(月\d{{1,2}}[日号]? ?[-至到、,和及] ?)({_NUMERAL})(?=[日号])")
_CLOCK_SLIP = re.compile(
    r"(?:(?<![\d:;至到-])|(?<=[:;]\d\d[-至到])|(?<=[:;]\d\d [-至到])|(?<=[:;]\d\d [-至到] ))"
    r"(?<!\d[:;])(\d{1,2});([0-5]\d)(?![\d:;]|分钟)"
)
_WEEKDAY_TO_DIGIT = re.compile(rf"({_WEEK}{_DAY} ?[-至到] ?)([1-7])(?![\d:.点时个月日天])")
_MONTH_LIST = re.compile(r"(?<![\d:.月日])(\d{1,2})(?=[、,和及]\d{1,2}月)")
_WEEKDAY_DIGIT = re.compile(rf"({_WEEK})([1-7])(?![\d:.点时天次])")


def normalise(text: str) -> str:
    """Return a text in one spelling, its meaning unchanged.

    Parameters
    ----------
    text
        As written.

    Returns
    -------
    str
        Simplified characters, half-width signs, Arabic numerals before units of time, ``-`` for every
        dash, every weekday of a list with its 周, ``除X外`` as ``X除外``; letters in lower case.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)
    plain = plain.translate(_TO_SIMPLIFIED).lower().strip()
    for pattern, replacement in _STEPS:
        plain = pattern.sub(replacement, plain)
    for _ in range(2):  # the second time of a range leans on the first
        plain = _CLOCK_SLIP.sub(r"\1:\2", plain)
    plain = _WEEKDAY_DIGIT.sub(lambda found: found[1] + _weekday(found[2]), plain)
    plain = _WEEKDAY_TO_DIGIT.sub(lambda found: found[1] + _weekday(found[2]), plain)
    plain = _MONTH_LIST.sub(r"\1月", plain)
    plain = _with_whole_weekdays(plain)
    return _with_arabic_numerals(plain)


def _weekday(digit: str) -> str:
    return "一二三四五六日"[int(digit) - 1]


def _with_whole_weekdays(text: str) -> str:
    before = ""
    for _ in range(7):
        before, text = text, _MORE_DAYS.sub(r"\1\2周\3", text)
        if before == text:
            break
    return text


def _with_arabic_numerals(text: str) -> str:
    for _ in range(2):  # the minutes stand behind an hour that is a numeral itself
        text = _NUMERAL_BEFORE.sub(_arabic_unless_weekday, text)
        text = _MINUTES_AFTER.sub(_arabic, text)
        text = _DAY_AFTER.sub(_arabic, text)
        text = _DAY_AFTER_DAY.sub(lambda found: found[1] + str(_number(found[2])), text)
    return text


def _arabic(found: re.Match[str]) -> str:
    return str(_number(found[0]))


def _arabic_unless_weekday(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 2) : found.start()]
    numeral, kept = found[0], ""
    if before.endswith(("周", "星期", "礼拜")):
        kept, numeral = numeral[0], numeral[1:]
    return kept + (str(_number(numeral)) if numeral else "")


def _number(numeral: str) -> int:
    tens, ten, ones = numeral.replace("廿", "二十").partition("十")
    if ten:
        return (_DIGIT.get(tens[-1:], 1) if tens else 1) * 10 + _DIGIT.get(ones[:1], 0)
    return int("".join(str(_DIGIT[digit]) for digit in numeral))
