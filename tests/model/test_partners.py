"""Partner codes of the publishers: facts about codes, checked against the publishers' own lists."""

from __future__ import annotations

import re

import pytest
from tests.house.tree import ROOT

from tonnage.errors import CodeError
from tonnage.model import codes, partners

LISTS = ROOT.parent / "shared" / "samples" / "gacc_codes"


@pytest.mark.parametrize(
    ("code", "iso"),
    [
        ("110", "HKG"),
        ("116", "JPN"),
        ("132", "SGP"),
        ("133", "KOR"),
        ("136", "THA"),
        ("141", "VNM"),
        ("142", "CHN"),  # China itself: goods that come back
        ("143", "TWN"),
        ("234", "NAM"),  # Namibia, whose two letters NA are read as "no value" elsewhere
        ("304", "DEU"),
        ("309", "NLD"),
        ("344", "RUS"),
        ("349", "SCG"),
        ("502", "USA"),
        ("701", "XXU"),
        ("999", "XXU"),
    ],
)
def test_a_code_of_china_customs_is_the_country_it_prints(code: str, iso: str) -> None:
    assert partners.resolve("gacc", code) == iso


def test_parts_of_a_country_are_that_country() -> None:
    """The Canary Islands, Ceuta and Melilla have codes of their own; ISO 3166 has Spain."""
    spain = [code for code, entry in partners.partner_codes("gacc").items() if entry.iso == "ESP"]
    assert spain == ["207", "210", "256", "312"]
    assert all(partners.partner_codes("gacc")[code].note for code in spain[:3])


def test_a_code_that_is_no_ones_is_refused() -> None:
    with pytest.raises(CodeError, match=r"^partner code '888': not in the scheme 'gacc'"):
        partners.resolve("gacc", "888")


def test_a_scheme_that_is_no_ones_is_refused() -> None:
    with pytest.raises(CodeError, match=r"partner scheme 'gac': expected one of .*did you mean 'gacc'"):
        partners.partner_codes("gac")


@pytest.mark.parametrize(("year", "right"), [(2010, False), (2011, True), (2026, True), (None, True)])
def test_a_code_holds_in_its_years(year: int | None, right: bool) -> None:
    """South Sudan is a country since 2011."""
    if right:
        assert partners.resolve("gacc", "260", year) == "SSD"
    else:
        with pytest.raises(CodeError, match="means SSD in 2011- only, not in 2010"):
            partners.resolve("gacc", "260", year)


@pytest.mark.parametrize(
    ("entry", "told"),
    [("JAP", "'JAP' is neither an ISO nor a special code"), ({"iso": "JPN", "form": 1}, "form")],
)
def test_a_wrong_entry_is_refused_by_name(entry: object, told: str) -> None:
    with pytest.raises(CodeError, match=rf"partners\.toml: toy '1': .*{told}"):
        partners.parse_schemes({"toy": {"codes": {"1": entry}}})


def test_another_scheme_stands_beside() -> None:
    made = partners.parse_schemes({"toy": {"codes": {"1": "JPN", "2": {"iso": "XXS", "note": "secret"}}}})
    assert {code: entry.iso for code, entry in made["toy"].items()} == {"1": "JPN", "2": "XXS"}


def test_every_code_is_text_of_three_digits_and_every_country_is_known() -> None:
    held = partners.partner_codes("gacc")
    assert [code for code in held if not re.fullmatch("[0-9]{3}", code)] == []
    assert {entry.iso for entry in held.values()} <= codes.known_countries()


@pytest.mark.skipif(not LISTS.is_dir(), reason="no folder of third-party samples beside the repository")
def test_every_code_of_the_publisher_s_list_is_there() -> None:
    printed = set()
    for name in ("zh-TradingPartner.csv", "en-TradingPartner.csv"):
        text = (LISTS / name).read_bytes().decode("gb18030")
        printed |= set(re.findall(r"^([0-9]{3}),", text, re.M))
    assert len(printed) == 243
    assert printed == set(partners.partner_codes("gacc"))


@pytest.mark.skipif(not LISTS.is_dir(), reason="no folder of third-party samples beside the repository")
def test_the_chinese_names_are_those_of_the_countries() -> None:
    """By name, independently of the table: the plain names must be the ones ISO's translation has."""
    text = (LISTS / "zh-TradingPartner.csv").read_bytes().decode("gb18030")
    named = dict(re.findall(r"^([0-9]{3}),([^,]+),", text, re.M))
    by_name = {codes.country_name(iso, "zh"): iso for iso in codes.known_countries()}
    same = {code: by_name[name] for code, name in named.items() if name in by_name}
    assert len(same) > 150
    assert {code: iso for code, iso in same.items() if partners.resolve("gacc", code) != iso} == {}
