"""Partner codes of the publishers: facts about codes, checked against the publishers' own lists."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from typing import Any

import polars as pl
import pycountry
import pytest
from tests.house.tree import ROOT

from tonnage.errors import CodeError
from tonnage.model import codes, partners

SAMPLES = ROOT.parent / "shared" / "samples"
LISTS = SAMPLES / "gacc_codes"
third_party = pytest.mark.skipif(
    not LISTS.is_dir(), reason="no folder of third-party samples beside the repository"
)


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
    spain = [code for code, entry in partners.partner_codes("gacc").items() if entry[-1].iso == "ESP"]
    assert spain == ["207", "210", "256", "312"]
    assert all(partners.partner_codes("gacc")[code][-1].note for code in spain[:3])


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
    [
        ("JAP", "'JAP' is neither an ISO nor a special code"),
        ({"iso": "JPN", "form": 1}, "form"),
        ([{"iso": "CSK"}, {"iso": "SCG"}], "expected meanings oldest first"),
        ([{"iso": "CSK", "since": 2004}, {"iso": "SCG", "since": 2004}, "XXU"], "expected meanings oldest"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(entry: object, told: str) -> None:
    with pytest.raises(CodeError, match=rf"partners\.toml: toy '1': .*{told}"):
        partners.parse_schemes({"toy": {"codes": {"1": entry}}})


def test_another_scheme_stands_beside() -> None:
    made = partners.parse_schemes({"toy": {"codes": {"1": "JPN", "2": {"iso": "XXS", "note": "secret"}}}})
    assert {code: entry[0].iso for code, entry in made["toy"].items()} == {"1": "JPN", "2": "XXS"}


def test_every_code_is_text_of_three_digits_and_every_country_is_known() -> None:
    held = partners.partner_codes("gacc")
    assert [code for code in held if not re.fullmatch("[0-9]{3}", code)] == []
    assert {one.iso for entry in held.values() for one in entry} <= codes.known_countries()


@third_party
def test_every_code_of_the_publisher_s_list_is_there() -> None:
    printed = set()
    for name in ("zh-TradingPartner.csv", "en-TradingPartner.csv"):
        text = (LISTS / name).read_bytes().decode("gb18030")
        printed |= set(re.findall(r"^([0-9]{3}),", text, re.M))
    assert len(printed) == 243
    assert printed == set(partners.partner_codes("gacc"))


@third_party
def test_the_chinese_names_are_those_of_the_countries() -> None:
    """By name, independently of the table: the plain names must be the ones ISO's translation has."""
    text = (LISTS / "zh-TradingPartner.csv").read_bytes().decode("gb18030")
    named = dict(re.findall(r"^([0-9]{3}),([^,]+),", text, re.M))
    by_name = {codes.country_name(iso, "zh"): iso for iso in codes.known_countries()}
    same = {code: by_name[name] for code, name in named.items() if name in by_name}
    assert len(same) > 150
    assert {code: iso for code, iso in same.items() if partners.resolve("gacc", code) != iso} == {}


# -- all schemes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "code", "year", "iso"),
    [
        ("m49", "0", None, "WLD"),
        ("m49", "842", 2024, "USA"),
        ("m49", "841", 1970, "USA"),
        ("m49", "840", None, "USA"),
        ("m49", "251", None, "FRA"),
        ("m49", "250", None, "FRA"),
        ("m49", "757", None, "CHE"),
        ("m49", "756", None, "CHE"),
        ("m49", "380", None, "ITA"),
        ("m49", "276", 2024, "DEU"),
        ("m49", "280", 1990, "DEU"),
        ("m49", "278", 1990, "DDR"),
        ("m49", "699", 2024, "IND"),
        ("m49", "356", 1970, "IND"),
        ("m49", "704", None, "VNM"),
        ("m49", "868", 1970, "VNM"),
        ("m49", "490", None, "TWN"),
        ("m49", "579", None, "NOR"),
        ("m49", "899", None, "XXU"),
        ("m49", "837", None, "XXB"),
        ("m49", "838", None, "XXZ"),
        ("m49", "839", None, "XXS"),
        ("m49", "97", 2019, "XEU"),
        ("m49", "97", 2020, "EU27"),
        ("m49", "516", None, "NAM"),
        ("m49", "530", 2013, "ANT"),  # reporters went on using it after 2010
        ("comtrade-iso", "S19", None, "TWN"),
        ("comtrade-iso", "W00", None, "WLD"),
        ("comtrade-iso", "_X", None, "XXU"),
        ("comtrade-iso", "JPN", None, "JPN"),
        ("jp3", "105", None, "CHN"),
        ("jp3", "103", None, "KOR"),
        ("jp3", "304", None, "USA"),
        ("jp3", "228", 2005, "SCG"),
        ("jp3", "228", 2006, "SRB"),
        ("census4", "5700", None, "CHN"),
        ("census4", "5880", None, "JPN"),
        ("census4", "5830", None, "TWN"),
        ("census4", "-", None, "WLD"),
        ("census4", "5XXX", None, "ASIA"),
        ("census4", "0026", None, "APEC"),
        ("geonom", "EL", None, "GRC"),
        ("geonom", "GR", None, "GRC"),
        ("geonom", "XI", 2024, "XNI"),
        ("geonom", "XU", 2024, "XGB"),
        ("geonom", "GB", 2024, "GBR"),
        ("geonom", "XK", 2024, "XKX"),
        ("geonom", "XS", 2024, "SRB"),
        ("geonom", "NA", 2024, "NAM"),
        ("geonom", "QZ", 2024, "XXS"),
        ("geonom", "QW", 2024, "XXU"),
        ("geonom", "QR", 2024, "XXB"),
        ("geonom", "CS", 1992, "CSK"),
        ("geonom", "CS", 2004, "SCG"),
        ("geonom", "WORLD", None, "WLD"),
        ("geonom", "EU27_2020", None, "EU27"),
        ("geonom", "EXT_EU27_2020", None, "XEX"),
        ("hmrc", "720", None, "CHN"),
        ("hmrc", "732", None, "JPN"),
        ("hmrc", "400", None, "USA"),
        ("hmrc", "1", None, "FRA"),
        ("hmrc", "977", None, "XXS"),
        ("hmrc", "951", None, "XXB"),
        ("korea", "CN", None, "CHN"),
        ("korea", "NA", None, "NAM"),
    ],
)
def test_a_code_means_its_partner(scheme: str, code: str, year: int | None, iso: str) -> None:
    assert partners.resolve(scheme, code, year) == iso


def test_a_code_used_twice_needs_its_year() -> None:
    """CS was Czechoslovakia until 1992 and Serbia and Montenegro from 2004."""
    with pytest.raises(
        CodeError, match=r"'CS' of 'geonom' means CSK in -1992, SCG in 2004-2005: give the year"
    ):
        partners.resolve("geonom", "CS")


def test_m49_is_iso_but_for_the_exceptions() -> None:
    """ISO 3166-1 numeric, where Comtrade has not its own: the exceptions are these and no others."""
    scheme = partners.partner_codes("m49")
    iso = {c.numeric.lstrip("0"): c.alpha_3 for c in pycountry.countries}
    other = {code: scheme[code][-1].iso for code, own in iso.items() if scheme[code][-1].iso != own}
    assert other == {"492": "XXU"}  # Monaco in ISO; Europe EU, nes in Comtrade
    beside = {one[-1].iso for code, one in scheme.items() if code not in iso} & set(iso.values())
    assert {"CHE", "FRA", "IND", "NOR", "TWN", "USA"} <= beside


def test_a_partner_that_overlaps_others_is_an_aggregate() -> None:
    told = partners.table("census4").filter("aggregate")
    groups = [code for code in told["code"] if not re.fullmatch("[1-9][0-9]{3}", code)]
    assert told["code"].to_list() == sorted(groups)
    assert (
        partners.table("census4").filter(~pl.col("aggregate"))["code"].str.contains("^[1-9][0-9]{3}$").all()
    )
    assert partners.table("geonom").filter("aggregate")["iso"].unique().sort().to_list() == [
        *("EU27", "EU28", "WLD", "XEA", "XEI", "XEX", "XGB", "XNI")
    ]


def test_groups_that_overlap_have_codes_of_their_own() -> None:
    """Two blocs under one partner would be two figures of one key."""
    groups = partners.table_in("census4", [2024]).filter("aggregate")
    assert groups["iso"].is_unique().all()


@pytest.mark.parametrize("scheme", partners.schemes())
def test_a_table_in_some_years_joins_without_multiplying(scheme: str) -> None:
    made = partners.table_in(scheme, [1992, 2005, 2024, 2024])
    assert not made.select("year", "code").is_duplicated().any()
    assert made["year"].unique().sort().to_list() == [1992, 2005, 2024]
    sample = made.sample(40, seed=1)
    for year, code, iso, aggregate in sample.iter_rows():
        assert partners.resolve(scheme, code, year) == iso
        assert aggregate == (iso in codes.AGGREGATES)


@pytest.mark.parametrize("scheme", partners.schemes())
def test_a_table_holds_every_meaning(scheme: str) -> None:
    held = partners.partner_codes(scheme)
    made = partners.table(scheme)
    assert made.schema == partners.TABLE
    assert made.height == sum(map(len, held.values()))
    assert made["iso"].is_in(list(codes.known_countries())).all()


def test_a_base_that_is_none_is_refused() -> None:
    with pytest.raises(CodeError, match="base 'alpha_4': expected one of"):
        partners.parse_schemes({"toy": {"base": "alpha_4", "codes": {}}})


def test_what_could_not_be_mapped_is_told_with_its_share() -> None:
    told = partners.unmapped_note("888", 3, Decimal(25), Decimal(100))
    assert (
        told
        == "partner code '888' is not in the table of codes: 3 records set aside, 25.00% of the value printed"
    )
    assert partners.unmapped_note("888", 1, 0.0, 0.0).endswith("no part of the value printed")


# -- every code of every file beside the repository ----------------------------------------------------


def _unmapped(scheme: str, printed: set[str]) -> set[str]:
    return printed - set(partners.partner_codes(scheme))


@third_party
def test_comtrade_s_own_lists_map() -> None:
    listed = json.loads((SAMPLES / "comtrade/api_meta/reference_Reporters.json").read_text("utf-8-sig"))
    rows: list[dict[str, Any]] = listed["results"]
    assert _unmapped("m49", {str(row["reporterCode"]) for row in rows}) == set()
    assert len(rows) == 255
    iso = {str(r["reporterCode"]): r["reporterCodeIsoAlpha3"].strip() for r in rows if not r["isGroup"]}
    year = {str(r["reporterCode"]): int(r.get("entryExpiredDate", "2024")[:4]) for r in rows}
    other = {c: (a, partners.resolve("m49", c, year[c])) for c, a in iso.items()}
    differ = {c: pair for c, pair in other.items() if pair[0] != pair[1]}
    assert set(differ) == {"459", "461", "711", "717", "835", "836"}  # letters of Comtrade's own invention
    assert all(re.match("_|ZA1", printed) for printed, _ in differ.values())


@third_party
def test_baci_s_countries_map() -> None:
    text = (SAMPLES / "baci/country_codes_V202301.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert len(rows) == 238
    for row in rows:
        iso, given = partners.partner_codes("m49")[row["country_code"]][0].iso, row["iso_3digit_alpha"]
        assert given in (iso, "N/A"), row
    fuzzed = pl.read_csv(SAMPLES / "baci/FUZZED_BACI_HS92_Y2022_V202501.csv", infer_schema=False)
    assert _unmapped("m49", set(fuzzed["i"].str.strip_chars()) | set(fuzzed["j"].str.strip_chars())) == set()


@third_party
def test_the_partners_of_comtrade_s_files_map() -> None:
    folder = SAMPLES / "comtrade/comtradr_vignette"
    eu = pl.read_csv(folder / "eu27_imports_by_partner_hs_173k.csv.gz", infer_schema=False)
    letters = set(eu["partnerISO"].str.strip_chars()) | set(eu["reporterISO"].str.strip_chars())
    assert _unmapped("comtrade-iso", letters) == set()
    for path in sorted(folder.glob("*.csv")):
        rows = pl.read_csv(path, infer_schema=False)
        for column in ("reporterCode", "partnerCode", "partner2Code"):
            if column in rows.columns:
                assert _unmapped("m49", set(rows[column].drop_nulls())) == set(), path.name
        for column in ("reporterISO", "partnerISO", "partner2ISO"):
            if column in rows.columns:
                assert _unmapped("comtrade-iso", set(rows[column].drop_nulls().str.strip_chars())) == set()


@third_party
def test_the_countries_of_japan_s_list_map() -> None:
    listed = pl.read_csv(SAMPLES / "japan/codes_country_eng.csv", infer_schema=False)
    assert set(listed["Country"]) == set(partners.partner_codes("jp3"))


@third_party
def test_the_countries_of_the_census_files_map_and_add_up() -> None:
    """Only codes that are no aggregates add up to the total: all rows are 5.84 times it."""
    cells = json.loads((SAMPLES / "census/api_exports_hs_381800_2026-04.json").read_text("utf-8"))
    rows = pl.DataFrame(cells[1:], schema=cells[0], orient="row")
    rows = rows.with_columns(year=2026, value=pl.col("ALL_VAL_MO").cast(pl.Int64))
    joined = rows.with_columns(pl.col("year").cast(pl.Int32)).join(
        partners.table_in("census4", [2026]),
        left_on=["year", "CTY_CODE"],
        right_on=["year", "code"],
        how="left",
    )
    assert joined["iso"].null_count() == 0
    [total] = joined.filter(pl.col("iso") == "WLD")["value"]
    assert joined.filter(~pl.col("aggregate"))["value"].sum() == total
    assert round(int(joined["value"].sum()) / total, 2) == 5.84
    packed = SAMPLES / "census/us_census_monthly_hs2_country_2023_2024.csv.gz"
    named = pl.read_csv(packed, infer_schema=False)
    assert _unmapped("census4", set(named["CTY_CODE"])) == set()


@third_party
def test_the_partners_of_comext_s_dictionary_and_files_map() -> None:
    text = (SAMPLES / "comext/metadata_FULL.txt").read_text("utf-8")
    spell = r"^ +([A-Z]{2})\t01/01/([0-9]{4})\t31/12/([0-9]{4})\t"
    spells = [(code, int(since), int(until)) for code, since, until in re.findall(spell, text, re.M)]
    assert len({code for code, _, _ in spells}) == 275
    for code, since, until in spells:
        partners.resolve("geonom", code, max(since, 1990))
        partners.resolve("geonom", code, min(until, 2026))
    api = pl.read_csv(SAMPLES / "comext/sdmx_csv_DS-045409.excerpt.csv", infer_schema=False)
    bulk = pl.read_csv(SAMPLES / "comext/full_v2_202402.AT-AD-exports.excerpt.csv", infer_schema=False)
    printed = {*api["reporter"], *api["partner"], *bulk["REPORTER"], *bulk["PARTNER"]}
    assert _unmapped("geonom", printed) == set()
