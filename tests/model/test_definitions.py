"""Definitions: what a name is about, and what may not be done with two of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tonnage.errors import CodeError, DefinitionError
from tonnage.model import definitions, flows
from tonnage.model.definitions import Operation, comparable, definition, derived_as, registry


def entry(**changes: Any) -> dict[str, Any]:
    made = {
        "title": {"en": "tin"},
        "kind": "codes",
        "reporter": "IDN",
        "flow": "export",
        "stages": ["detail"],
        "codes": {"HS2022": ["8001"]},
        "printed_as": "heading 8001",
        "covers": "Unwrought tin.",
        "hides": "The smelter.",
        **changes,
    }
    return {name: value for name, value in made.items() if value is not ...}


def parsed(**entries: dict[str, Any]) -> dict[str, definitions.Definition]:
    return definitions.parse_registry({"definition": entries})


# --- the registry as data ----------------------------------------------------------------------------


def test_a_commodity_is_added_by_an_entry_alone() -> None:
    tin = parsed(tin=entry(breaks={"2022-01": "HS 2022"}))["tin"]
    assert (tin.codes, tin.stages, tin.parts) == ({"HS2022": ("8001",)}, ("detail",), ())
    assert tin.breaks == {dt.date(2022, 1, 1): "HS 2022"}


def test_what_is_said_in_another_language_falls_back_to_english() -> None:
    lead = entry()
    words = {"ja": {"covers": "すず地金。", "incomparable": {"lead": "別の金属"}}}
    tin = parsed(tin=entry(words=words, incomparable={"lead": "another metal"}), lead=lead)["tin"]
    assert [tin.said("covers", at) for at in ("en", "zh", "ja")] == [
        "Unwrought tin.",
        "Unwrought tin.",
        "すず地金。",
    ]
    assert tin.said("hides", "ja") == "The smelter."
    assert [tin.why_apart("lead", at) for at in ("zh", "ja")] == ["another metal", "別の金属"]


DIFFERENCE = {"kind": "difference", "codes": ..., "minuend": "tin", "subtrahend": "tin"}
BAD = {
    "an unknown field": (entry(hide="x"), "definitions.toml: ore: .*unexpected keyword argument 'hide'"),
    "a missing field": (entry(covers=...), "definitions.toml: ore: .*'covers'"),
    "a language of another name": (entry(words={"jp": {}}), r"ore: words.jp: expected \['zh', 'ja'\]"),
    "a text of another name": (entry(words={"ja": {"cover": ""}}), "ore: words.ja: .* found cover"),
    "a reason of nothing": (entry(words={"ja": {"incomparable": {"tin": ""}}}), "tin: not in incomparable"),
    "an unknown kind": (entry(kind="basket"), "definitions.toml: ore: kind must be one of"),
    "codes missing": (entry(codes=...), "'line' and 'codes' need codes"),
    "a difference of one": (entry(**{**DIFFERENCE, "subtrahend": ...}), "needs minuend and subtrahend"),
    "a difference with codes": (entry(**{**DIFFERENCE, "codes": {"HS2022": ["26"]}}), "kind must be"),
    "parts that are codes": (entry(minuend="tin", subtrahend="tin"), "kind must be one of"),
    "an unknown part": (entry(**{**DIFFERENCE, "minuend": "tim"}), "ore names 'tim', which is not defined"),
    "an unknown member": (entry(contains=["tim"]), "ore names 'tim', which is not defined"),
    "an unknown rival": (entry(incomparable={"tim": "x"}), "ore names 'tim', which is not defined"),
    "a nomenclature without its year": (
        entry(codes={"HS": ["800110"]}),
        "ore: classification 'HS': expected HS",
    ),
    "a nomenclature misspelt": (
        entry(codes={"CN-2023": ["80011000"]}),
        "'CN-2023': expected CN with its year",
    ),
    "a code too long": (entry(codes={"HS2022": ["80011000"]}), "'80011000' of HS2022: expected at most 6"),
    "a code with a blank": (entry(codes={"JP9": ["8001 10"]}), "code '8001 10' of JP9: expected at most 9"),
    "a break that is no month": (entry(breaks={"2022-13": "x"}), "definitions.toml: ore: .*month"),
}


@pytest.mark.parametrize(("bad", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_entry_is_refused_and_named(bad: dict[str, Any], told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        parsed(tin=entry(), ore=bad)


# --- the shipped registry ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", registry())
def test_an_entry_names_known_stages_flows_and_lines(name: str) -> None:
    found = definition(name)
    assert set(found.stages) <= set(flows.STAGES)
    assert found.flow in flows.FLOWS
    assert set(found.title) == {"en", "zh", "ja"}
    for family, listed in {**found.codes, **found.quoted_as}.items():
        for code in listed:
            if known := definitions.lines(family):
                assert code in known


def test_a_name_means_one_definition() -> None:
    names = [name for d in registry().values() for name in (d.id, *d.aliases)]
    assert sorted(names) == sorted(set(names))
    assert names == [name.lower() for name in names]


def test_a_difference_and_its_subtrahend_are_parts_of_its_minuend() -> None:
    for found in registry().values():
        if found.kind == "difference":
            assert {found.id, found.subtrahend} <= set(definition(found.minuend).contains)


@pytest.mark.parametrize(
    ("alias", "name"),
    [("magnets", "rare-earth-magnets"), ("Headline", "rare-earths"), ("85051110", "rare-earth-magnets")],
)
def test_a_definition_has_other_names(alias: str, name: str) -> None:
    assert definition(alias).id == name


@pytest.mark.parametrize(
    ("typed", "meant"), [("rare-earth", "'rare-earths'"), ("magnet", "'magnets'"), ("tungsen", "'tungsten'")]
)
def test_an_unknown_definition_is_refused_and_the_nearest_offered(typed: str, meant: str) -> None:
    with pytest.raises(
        DefinitionError, match=f"^definition '{typed}x': not in the registry; did you mean.*{meant}"
    ):
        definition(f"{typed}x")


def test_a_name_near_none_lists_them_all() -> None:
    listed = ", ".join(sorted(registry()))
    with pytest.raises(DefinitionError, match=rf"'qqqqqqq': not in the registry\. Known: {listed}$"):
        definition("qqqqqqq")


@pytest.mark.parametrize("printed", ["rare_earths", "稀土", "Rare earths"])
def test_a_line_is_known_by_slug_and_by_printed_name(printed: str) -> None:
    assert definitions.line("GACC-lines", printed) == "rare_earths"


def test_an_unknown_line_is_refused_and_the_nearest_offered() -> None:
    with pytest.raises(CodeError, match=r"^line 'rare_earth': not in the lines of GACC-lines.*'rare_earths'"):
        definitions.line("GACC-lines", "rare_earth")


@pytest.mark.parametrize(
    ("first", "last", "broken"),
    [
        ("2010-12-01", "2011-01-01", True),
        ("2010-01-01", "2025-12-01", True),
        ("2011-01-01", "2025-12-01", False),
        ("2010-01-01", "2010-12-01", False),
    ],
)
def test_the_line_was_redefined_in_january_2011(first: str, last: str, broken: bool) -> None:
    told = definition("rare-earths").break_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    assert (told is not None) == broken
    if told:
        assert told.startswith("break in rare-earths at 2011-01: with the data of January 2011")


# --- two definitions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ("rare-earths", "rare-earth-products", "the products are the parent line minus this line"),
        ("rare-earths", "rare-earth-magnets", "this line holds none of them"),
        ("magnets-powder-alloy", "rare-earth-magnets", "adds powder and alloys"),
        ("rare-earths", "tungsten-products", "the registry declares no relation"),
    ],
)
def test_quantities_of_different_goods_are_not_compared(a: str, b: str, why: str) -> None:
    for found in (comparable(a, b), comparable(b, a)):
        assert not found
    assert why in comparable(a, b).reason


@pytest.mark.parametrize("part", ["rare-earths", "rare-earth-products", "rare-earth-magnets"])
def test_a_part_at_any_depth_is_a_share_of_its_whole(part: str) -> None:
    told = f"{part} is part of rare-earths-and-products: a share, not a change"
    assert comparable(part, "rare-earths-and-products") == comparable("rare-earths-and-products", part)
    assert comparable(part, "rare-earths-and-products") == definitions.Comparison(ok=True, reason=told)


def test_a_definition_may_be_compared_with_itself_by_any_name() -> None:
    assert comparable("magnets", "rare-earth-magnets")


def test_an_unknown_definition_is_not_incomparable_but_an_error() -> None:
    with pytest.raises(DefinitionError, match="not in the registry"):
        comparable("rare-earths", "rare-eaths-and-prodcts")


def test_parent_minus_child_line_is_rare_earth_products() -> None:
    assert derived_as("difference", "rare-earths-and-products", "rare-earths").id == "rare-earth-products"


def test_child_line_plus_products_is_the_parent_line_in_either_order() -> None:
    for pair in (("rare-earths", "rare-earth-products"), ("rare-earth-products", "rare-earths")):
        assert derived_as("sum", *pair).id == "rare-earths-and-products"


REFUSED: list[tuple[Operation, str, str, str]] = [
    ("difference", "rare-earths", "rare-earth-products", "share no goods|hold none of it"),
    ("difference", "rare-earths", "rare-earths-and-products", "nothing says that what is left"),
    ("difference", "rare-earth-products", "rare-earth-magnets", "nothing says that what is left"),
    ("sum", "rare-earths", "rare-earth-magnets", "the sum of the two has no name"),
    ("sum", "rare-earth-products", "rare-earth-magnets", "already in rare-earth-products: .*count it twice"),
    ("sum", "rare-earth-magnets", "rare-earth-products", "already in rare-earth-products: .*count it twice"),
    ("sum", "rare-earths-and-products", "rare-earths", "already in rare-earths-and-products: .*twice"),
    ("sum", "rare-earths", "rare-earths", "already in rare-earths: .*twice"),
]


@pytest.mark.parametrize(("operation", "a", "b", "why"), REFUSED)
def test_what_is_not_declared_is_refused_with_the_reason(
    operation: Operation, a: str, b: str, why: str
) -> None:
    told = f"^{operation} {a} . {b}: not declared in the registry: .*({why})"
    with pytest.raises(DefinitionError, match=told) as fault:
        derived_as(operation, a, b)
    assert "Declared: rare-earth-products = rare-earths-and-products - rare-earths" in str(fault.value)
