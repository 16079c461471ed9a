"""Text damaged by a wrong decoding, mended; every repair is counted, and the ambiguous ones are marked.

UTF-8 that was read as something else leaves its bytes behind as characters. They are turned back into bytes
and read as UTF-8. Two kinds of table are known:

- single bytes (TIS-620 with windows-1252 for 80-9F; windows-1252 or latin-1): mended piece by piece, since
  bytes that the table leaves undefined were dropped and a whole line no longer goes back;
- pairs of bytes (cp932, gb18030): mended line by line, since a pair may hold halves of two characters.

Only what cannot have been meant is touched: a text that holds any other Thai stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Final

__all__ = ["Mended", "Repair", "mend"]

#: A rule, and whether another reading of the damage was possible.
Repair = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Mended:
    """A text and how often each repair was made in it."""

    text: str
    repairs: Counter[Repair] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Table:
    """A wrong single-byte table: what each byte from 80 became, and what that looks like in a text."""

    rule: str
    byte: dict[str, int]
    sure: re.Pattern[str]
    doubtful: re.Pattern[str]
    cut: re.Pattern[str]

    def decode(self, piece: str) -> str | None:
        """Return what the bytes of `piece` are in UTF-8, or None."""
        try:
            return bytes(self.byte[c] for c in piece).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            return None


#: What the two tables have in common: windows-1252 for 80-9F, and the control where it has none.
_UPPER: Final = {byte: bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)}
_SHARED: Final = {char: byte for byte, char in _UPPER.items() if char} | {
    chr(b): b for b in range(0x80, 0xA0)
}
_THAI: Final = (
    _SHARED | {chr(0xE00 + n): 0xA0 + n for n in (*range(0x01, 0x3B), *range(0x3F, 0x5C))} | {"\u00a0": 0xA0}
)
_LATIN: Final = _SHARED | {chr(byte): byte for byte in range(0xA0, 0x100)}

#: Continuation bytes that are quotation marks of windows-1252 and latin-1: they may stand after a letter.
_QUOTE_SIGNS: Final = frozenset({0x82, 0x84, 0x8B, 0x91, 0x92, 0x93, 0x94, 0x9B, 0xAB, 0xBB})


def _class(byte: dict[str, int], low: int, high: int, without: frozenset[int] = frozenset()) -> str:
    return "[" + "".join(re.escape(c) for c, b in byte.items() if low <= b <= high and b not in without) + "]"


def _table(rule: str, byte: dict[str, int], letter: str) -> _Table:
    """Build the patterns of a table; `letter` is what must stand around a damaged letter (see `_mend_by`)."""
    signs = _class(byte, 0x80, 0xBF)
    plain = _class(byte, 0x80, 0xBF, _QUOTE_SIGNS)
    punctuation = f"{_class(byte, 0xE2, 0xE2)}{_class(byte, 0x80, 0x84)}"
    accented = _class(byte, 0xC2, 0xC5)
    wide = f"(?:{_class(byte, 0xE3, 0xED)}{signs}{{2}})"
    before, after = r"(?P<before>.?)", r"(?P<quote>[\"']?)(?=(?P<after>.?))"
    stump = _class(byte, 0xE2, 0xE2) + _class(byte, 0x80, 0x80)
    return _Table(
        rule=rule,
        byte=byte,
        sure=re.compile(f"{punctuation}{signs}|{letter.format(accented + plain)}|{wide}{{2,}}"),
        doubtful=re.compile(f"{accented}{signs}"),
        cut=re.compile(f"{before}{stump}(?!{signs}){after}", re.DOTALL),
    )


_TABLES: Final = (
    # A Thai word can be two such signs (that for car reads as o umlaut): a Latin letter must touch them.
    _table("utf8-as-tis620", _THAI, "(?<=[A-Za-z]){0}|{0}(?=[A-Za-z])"),
    _table("utf8-as-windows1252", _LATIN, "{0}"),
)

_ANY_THAI: Final = re.compile(r"[\u0e01-\u0e5b]")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")

#: How often a text may have been damaged by one table, one time upon the other.
_ROUNDS: Final = 3


def mend(text: str) -> Mended:
    """Return `text` with damage by a wrong decoding undone, and the repairs.

    Real text is left alone: a repair is made where the characters cannot have been meant, and a doubtful one
    (a dropped byte, a letter before a quotation mark) only next to sure ones, marked as assumed.
    """
    if text.isascii():
        return Mended(text)
    repairs: Counter[Repair] = Counter()
    for table in _TABLES:
        for _ in range(_ROUNDS):
            mended = _mend_by(table, text)
            if mended.text == text:
                break
            text = mended.text
            repairs += mended.repairs
    lines = _mend_lines(text)
    return Mended(lines.text, repairs + lines.repairs)


# -- tables of single bytes --------------------------------------------------------------------------


def _mend_by(table: _Table, text: str) -> Mended:
    repairs: Counter[Repair] = Counter()

    def decode(found: re.Match[str], assumed: bool) -> str:
        decoded = table.decode(found[0])
        # News text holds punctuation, accented letters and CJK; no braille and no controls.
        if decoded is None or not all(map(_is_plausible, decoded)):
            return found[0]
        repairs[table.rule, assumed] += len(decoded)
        return decoded

    def cut(found: re.Match[str]) -> str:
        repairs[table.rule, True] += 1
        return found["before"] + _dropped(found["before"], found["quote"], found["after"])

    mended = table.sure.sub(partial(decode, assumed=False), text)
    if repairs:
        mended = table.doubtful.sub(partial(decode, assumed=True), mended)
    mended = table.cut.sub(cut, mended)
    if table.rule == "utf8-as-tis620" and _ANY_THAI.search(mended):
        return Mended(text)
    return Mended(mended, repairs)


def _dropped(before: str, quote: str, after: str) -> str:
    """Return the likeliest sign of general punctuation whose third byte is lost.

    The bytes that windows-1252 leaves undefined are 81, 8D, 8F, 90 and 9D: of these, the hyphen and the
    closing quotation mark are printed. A straight mark in place of the byte is a curled one un-curled: the
    dashes of 93 and 94, the hyphens of 91 and 92.
    """
    if quote == '"':
        return "–" if before.isdigit() and after.isdigit() else "—"
    between = before.isalnum() and after.isalnum()
    if quote:
        return "\u2011" if between else "‒"
    return "‐" if between else "”"


def _is_plausible(char: str) -> bool:
    code = ord(char)
    return 0xA0 <= code <= 0x17F or 0x2002 <= code <= 0x2044 or 0x20A0 <= code <= 0x2122 or _is_wide(code)


def _is_wide(code: int) -> bool:
    return (
        0x3000 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xAC00 <= code <= 0xD7A3
        or 0xFF00 <= code <= 0xFFEF
    )


# -- tables of pairs ---------------------------------------------------------------------------------

#: Wrong table -> characters that its damage is full of and a text is not (E2 80, E3 80-83, EF BC ...).
_PAIRS: Final = {
    "cp932": re.compile(r"[縺繧繝窶｢ｼ縲]"),
    "gb18030": re.compile(r"[鈥銆锛鐨涓鍥锟銇銈銉]"),
}

#: Characters of a line that must go back for the repair to be sure, and the share of gaps in one that may be
#: lost (a character that lost a byte leaves two).
_SURE: Final = 4
_LOST: Final = 0.4


def _mend_lines(text: str) -> Mended:
    repairs: Counter[Repair] = Counter()
    lines = text.splitlines(keepends=True)
    for place, line in enumerate(lines):
        if line.isascii():
            continue
        mended = _mend_pairs(line) or _mend_otherwise(line)
        if mended:
            lines[place] = mended.text
            repairs += mended.repairs
    return Mended("".join(lines), repairs)


def _mend_pairs(line: str) -> Mended | None:
    for encoding, signs in _PAIRS.items():
        rule = f"utf8-as-{encoding}"
        marks = len(signs.findall(line))
        whole = _whole(line, encoding)
        if whole is not None and (marks or _wide_count(whole) >= _SURE):
            count = len(_NOT_ASCII.findall(whole))
            return Mended(whole, Counter({(rule, not marks and count < _SURE): count}))
        if marks >= _SURE and (part := _part(line, encoding)) is not None:
            return Mended(part, Counter({(rule, True): len(_NOT_ASCII.findall(part))}))
    return None


def _whole(line: str, encoding: str) -> str | None:
    try:
        decoded = line.encode(encoding).decode("utf-8")
    except UnicodeError:
        return None
    signs = _NOT_ASCII.findall(decoded)
    fit = all(_is_wide(ord(c)) or 0x2010 <= ord(c) <= 0x2122 or 0xA0 <= ord(c) <= 0xFF for c in signs)
    return decoded if signs and fit and decoded != line else None


def _wide_count(decoded: str) -> int:
    return sum(_is_wide(ord(c)) for c in decoded)


def _part(line: str, encoding: str) -> str | None:
    """Return a line of which bytes are lost, with U+FFFD where they were, or None if that does not read."""
    # FF is in no UTF-8, so what the table cannot hold stays a gap.
    raw = b"".join(_bytes(c, encoding) for c in line)
    # A line most often ends in a full stop (E3 80 82), whose last bytes found no other half.
    raw = re.sub(rb"\xe3\x80?\xff*(?=\s*$)", b"\xe3\x80\x82", raw, count=1)
    decoded = raw.decode("utf-8", "replace")
    signs = _NOT_ASCII.findall(decoded)
    lost = decoded.count("\ufffd")
    fit = sum(_is_plausible(c) for c in signs)
    if fit + lost < 0.95 * len(signs) or lost > _LOST * len(signs) + _SURE:
        return None
    return re.sub("\ufffd+", "\ufffd", decoded)


def _bytes(char: str, encoding: str) -> bytes:
    try:
        found = char.encode(encoding)
    except UnicodeEncodeError:
        return b"\xff"
    return found if len(found) <= 2 and char != "\ufffd" else b"\xff"


def _mend_otherwise(line: str) -> Mended | None:
    """Let ftfy look for the rarer single-byte tables (windows-1251, Mac Roman)."""
    from ftfy import ExplainedText, fix_encoding_and_explain
    from ftfy.badness import is_bad

    if not is_bad(line):
        return None
    found: ExplainedText = fix_encoding_and_explain(line)
    steps = found.explanation or []
    # Its repairs of inconsistent lines guess: they read Chinese that was taken for latin-1 as Cyrillic.
    if [step.action for step in steps] != ["encode", "decode"] or found.text == line:
        return None
    rule = f"utf8-as-{steps[0].parameter.removeprefix('sloppy-')}"
    return Mended(found.text, Counter({(rule, False): len(_NOT_ASCII.findall(found.text))}))
