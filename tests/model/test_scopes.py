"""The codes of a definition by year: followed where the goods are the same, refused where they are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

import polars as pl
import pytest

from tonnage.model import scopes
from tonnage.model.definitions import definition, registry
from tonnage.model.scopes import Scope

METALS = {"CN2023": tuple(f"280530{n}" for n in (10, 21, 29, 31, 39, 40, 80))}
MAGNETS = {"CN2023": ("85051110",)}


def told(declared: Mapping[str, tuple[str, ...]]) -> list[tuple[int | None, int | None, int, str]]:
    return [(one.first, one.last, len(one.codes), one.basis) for one in scopes.scopes(declared)]


def test_the_codes_of_a_year_are_followed_to_the_years_around_it() -> None:
    assert told(METALS) == [
        (None, 1987, 0, "refused"),
        (1988, 2015, 2, "followed"),
        (2016, 2022, 5, "followed"),
        (2023, 2023, 7, "declared"),
        (2024, 2025, 7, "followed"),
        (2026, None, 7, "assumed"),
    ]
    assert scopes.codes_in(METALS, "CN2022") == tuple(f"280530{n}" for n in (10, 20, 30, 40, 80))
    assert scopes.codes_in(METALS, "CN2015") == ("28053010", "28053090")
    assert scopes.breaks(METALS) == {}


def test_a_part_of_a_merged_code_is_refused_with_the_reason() -> None:
    """85051110 of 2023 came out of 85051100: before, rare-earth magnets cannot be told from others."""
    assert told(MAGNETS)[1:3] == [(1988, 2022, 0, "refused"), (2023, 2023, 1, "declared")]
    assert scopes.codes_in(MAGNETS, "CN2022") == ()
    why = "85051100 of CN2022 holds goods of 85051190 of CN2023 too, which are not in it"
    assert scopes.breaks(MAGNETS) == {"CN": {dt.date(2023, 1, 1): why}}


def test_other_goods_under_one_number_are_a_break() -> None:
    """850511 is in three editions; in HS 2022 it lost waste magnets to 8549."""
    declared = {"HS2022": ("850511",), "HS2017": ("850511",)}
    assert [(one.base, one.codes) for one in scopes.scopes(declared) if one.codes] == [
        ("HS2017", ("850511",)),
        ("HS2022", ("850511",)),
        ("HS2022", ("850511",)),
    ]
    found = scopes.breaks(declared)["HS"]
    assert found[dt.date(2022, 1, 1)].startswith("850511 of HS2017 holds goods of 854921, 854929, 854931")


def test_a_second_declaration_that_says_the_same_is_one_series() -> None:
    twice = {**METALS, "CN2022": scopes.codes_in(METALS, "CN2022")}
    assert scopes.breaks(twice) == {}
    assert {one.base for one in scopes.scopes(twice)} == {"CN2023"}


def test_an_older_declaration_has_the_years_the_newer_leaves() -> None:
    declared = {"CN2023": ("85051110",), "CN2022": ("85051100",)}
    assert scopes.codes_in(declared, "CN2010") == ("85051100",)
    assert scopes.codes_in(declared, "CN2024") == ("85051110",)
    assert list(scopes.breaks(declared)["CN"]) == [dt.date(2023, 1, 1)]


def test_a_nomenclature_without_concordances_holds_from_its_year_on() -> None:
    declared = {"JP9-2016": ("284690000",), "JP9-2020": ("284690210", "284690290")}
    assert [scopes.codes_in(declared, f"JP9-{y}") for y in (2015, 2016, 2019, 2020, 2030)] == [
        (),
        ("284690000",),
        ("284690000",),
        ("284690210", "284690290"),
        ("284690210", "284690290"),
    ]
    why = "the codes declared for JP9-2016 and JP9-2020 are not the same goods"
    assert scopes.breaks(declared) == {"JP9-": {dt.date(2020, 1, 1): why}}


def test_a_family_without_a_year_means_the_same_in_every_year() -> None:
    declared = {"GACC8": ("85051110",), "GACC-lines": ("rare_earths",)}
    assert scopes.codes_in(declared, "GACC8-2014") == scopes.codes_in(declared, "GACC8-2025") == ("85051110",)
    assert scopes.codes_in(declared, "GACC-lines") == ("rare_earths",)
    assert scopes.codes_in(declared, "GACC80") == scopes.codes_in(declared, "HS2022") == ()
    assert told(declared) == [(None, None, 1, "declared")] * 2


def test_an_expression_chooses_what_the_names_choose() -> None:
    declared = {**METALS, "HS2022": ("280530",), "JP9": ("280530000",), "GACC-lines": ("rare_earths",)}
    names = [*(f"CN{y}" for y in range(1986, 2029)), *("HS2007", "HS2012", "HS2017", "HS2022", "HS2028")]
    names += ["JP9-2020", "JP9", "GACC-lines", "CNx", "CN", "CN20230", "CN202", "XCN2023", "quoted"]
    codes = [*scopes.every_code(declared), "28053099"]
    rows = pl.DataFrame({"classification": names}).join(pl.DataFrame({"commodity": codes}), how="cross")
    found = rows.select(
        "classification", "commodity", own=scopes.selected(declared), n=scopes.counted(declared)
    )
    for classification, commodity, own, n in found.iter_rows():
        listed = scopes.codes_in(declared, classification)
        assert own == (commodity in listed), (classification, commodity)
        assert n == len(listed)


def test_every_year_of_a_nomenclature_is_covered_once() -> None:
    for name in registry():
        declared = definition(name).codes
        for family in {one.family for one in scopes.scopes(declared) if one.dated}:
            own: list[Scope] = [one for one in scopes.scopes(declared) if one.family == family]
            assert own[0].first is own[-1].last is None
            assert all(a.last is not None and b.first == a.last + 1 for a, b in pairwise(own))


@pytest.mark.parametrize("name", registry())
def test_the_codes_of_the_registry_are_well_written(name: str) -> None:
    for classification, listed in definition(name).codes.items():
        assert scopes.fault(classification, listed) == ""
        if scopes.scopes({classification: listed})[0].dated:
            assert tuple(sorted(set(listed))) == listed
    # What is declared can be followed at least one step, or the declaration names a code that is not there.
    followed = {one.base for one in definition(name).scopes if one.basis == "followed"}
    assert followed == {base for base in definition(name).codes if base.startswith(("CN2", "HS2022"))} - {
        "HS2022" if name == "metal-magnets" else ""
    }
