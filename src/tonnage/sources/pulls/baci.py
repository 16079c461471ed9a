"""CEPII BACI: one archive a release and nomenclature, with every year in it."""

from __future__ import annotations

import re
from typing import Final

from tonnage.errors import ParameterError
from tonnage.sources.pulls.base import (
    Answer,
    Asked,
    Outcome,
    Protocol,
    Request,
    common,
    dated,
    looks_like_html,
)

__all__ = ["PULL"]

_URL: Final = "https://www.cepii.fr/DATA_DOWNLOAD/baci/data"
_SCHEMES: Final = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")
_RELEASE: Final = re.compile(r"20[0-9]{2}0?[0-9]{1}[0-9a-z]?")


def _plan(asked: Asked) -> list[Request]:
    release = asked.text("release").removeprefix("V")
    if not _RELEASE.fullmatch(release):
        raise ParameterError(f"--release {release!r}: expected the number of a release, e.g. 202501")
    schemes = asked.chosen("classification", {name: name for name in _SCHEMES}, "HS22")
    return [_archive(scheme, release) for scheme in schemes]


def _archive(scheme: str, release: str) -> Request:
    name = f"BACI_{scheme}_V{release}.zip"
    return Request(
        f"{_URL}/{name}",
        form="zip",
        file=name,
        covers={"period": f"release {release} in {scheme}"},
        title=name.removesuffix(".zip"),
        seconds=4 * 3600,
    )


def _judge(request: Request, answer: Answer) -> Outcome:
    if answer.status == 404 or (answer.status == 200 and looks_like_html(answer)):
        return Outcome("unpublished", "the publisher has no such archive")
    plain = common(request, answer)
    if plain:
        return plain
    day, basis = dated(answer)
    return Outcome("rows", published=day, basis=basis)


PULL: Final = Protocol(
    source="baci",
    plan=_plan,
    judge=_judge,
    takes={
        "release": "its number, e.g. 202501; needed",
        "classification": f"{', '.join(_SCHEMES)} (default HS22)",
    },
    limits="none stated; an archive is up to 2.5 GB",
    publisher="CEPII",
    licence="Etalab Open Licence 2.0; name BACI, CEPII and UN Comtrade",
)
