"""A draft of a record from what a text or a table gives: codes, direction, ids, a summary of our own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from functools import cache
from typing import Any, Final

from tonnage.errors import CodeError
from tonnage.model import codes

__all__ = ["act_id", "classify", "event_id", "summary"]

#: Type -> codes of Global Trade Alert and UNCTAD MAST.
_CODES: Final[dict[str, dict[str, Any]]] = {
    "export_restriction.ban": {"gta_type": 19, "mast": "P31"},
    "export_restriction.licensing": {"gta_type": 35, "mast": "P33"},
    "export_restriction.quota": {"gta_type": 21, "mast": "P32"},
    "export_restriction.tax": {"gta_type": 18},
}
_CAMEO: Final = {
    **dict.fromkeys(("announced", "effective", "amended", "resumed"), "163"),
    **dict.fromkeys(("suspended", "lifted"), "085"),
    "considered": "1312",
}
_EASED: Final = ("suspended", "lifted")
_OPEN: Final = ("expires", "denied")

_KINDS: Final = {
    "export_restriction": "export restriction",
    "export_restriction.ban": "export ban",
    "export_restriction.licensing": "export licensing",
    "export_restriction.quota": "export quota",
    "export_restriction.tax": "export tax",
    "export_restriction.entity_list": "entity list",
    "licence_practice": "licence practice",
    "import_restriction": "import restriction",
    "data_release": "data release",
    "official_statement": "statement",
    "protest": "protest",
    "meeting": "meeting",
    "agreement": "agreement",
    "supply_shock": "supply shock",
    "other": "event",
}
_SUMMARY: Final = 240
_SLUG: Final = 60
_ORGANISATIONS: Final = ("EU", "G7", "WTO", "WLD")


def classify(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return direction and codes as type and stage give them; a person may know better."""
    kind, stage = str(record["type"]), str(record["stage"])
    restricts = kind.startswith(("export_restriction", "import_restriction"))
    if not restricts:
        return {"direction": "unknown" if kind == "licence_practice" else "neutral"}
    made: dict[str, Any] = {**_CODES.get(kind, {})}
    if stage in _CAMEO and kind.startswith("export_restriction"):
        made["cameo"] = _CAMEO[stage]
    direction = "liberalising" if stage in _EASED else "unknown" if stage in _OPEN else "restrictive"
    return {"direction": direction, **({"codes": made} if made else {})}


def summary(record: Mapping[str, Any]) -> str:
    """Return one line in our own words, from the fields alone: nothing of a publisher's wording is in it."""
    actor = _names(record.get("actor")) or "Unknown actor"
    kind, stage = _KINDS.get(str(record["type"]), "event"), record["stage"]
    target = _names(record.get("target"))
    towards = f", towards {target}" if target and target != "the world" else ""
    goods = ", ".join(str(c).replace("-", " ") for c in record.get("commodities") or ())
    law = f" ({record['legal_ref']})" if record.get("legal_ref") else ""
    told = "" if stage in ("occurred",) else f" {stage}"
    return f"{actor}: {kind}{told}{towards}{f': {goods}' if goods else ''}{law}"[:_SUMMARY]


def _names(text: str | None) -> str:
    return ", ".join(_name(code) for code in (text or "").split(";") if code)


def _name(code: str) -> str:
    if code == "WLD":
        return "the world"
    try:
        return codes.country_name(code)
    except CodeError:
        return code


def event_id(record: Mapping[str, Any], taken: Container[str]) -> str:
    """Return the id of a new record: its day, its actor, its type, and words of its summary.

    Args:
        record: with date_start, precision, actor, type, stage.
        taken: ids that were used before, by whatever record.
    """
    day = {"month": 7, "year": 4}.get(str(record.get("precision")), 10)
    # A record without a day opens with the year in which it became known.
    first = (record.get("date_start") or str(record.get("known_at") or "")[:4])[:day]
    words = [*(record.get("commodities") or ())[:2], _slug(record.get("target")), str(record["stage"])]
    tail = _slug(" ".join(filter(None, words)))
    name = f"{first}_{_letters(record.get('actor'))}_{record['type']}_{tail}"
    numbered = (name if n == 1 else f"{name}-{n}" for n in range(1, 1_000))
    return next(found for found in numbered if found not in taken)


def _letters(actor: str | None) -> str:
    first = (actor or "").split(";")[0]
    if first in _ORGANISATIONS:
        return first
    return _alpha_2(first) or re.sub(r"[^A-Z0-9]", "", first.upper())[:4] or "XX"


@cache
def _alpha_2(code: str) -> str | None:
    import pycountry

    found = pycountry.countries.get(alpha_3=code)
    return found.alpha_2 if found else None


def _slug(text: str | None) -> str:
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG].strip("-")


def act_id(record: Mapping[str, Any]) -> str | None:
    """Return the id of a new act: actor, office, year and number of its legal reference, else its day."""
    if not str(record["type"]).startswith(("export_restriction", "import_restriction", "agreement")):
        return None
    letters = _letters(record.get("actor"))
    law = record.get("legal_ref") or ""
    numbers = re.findall(r"\d+", law)
    year = next((n for n in numbers if len(n) == len("2026")), None)
    number = next((n for n in numbers if n != year), None)
    office = f"{letters}-MOFCOM" if letters == "CN" else letters
    if year and number:
        return f"{office}-{year}-{int(number):03}"
    return f"{office}-{record['date_start']}" if record.get("date_start") else None
