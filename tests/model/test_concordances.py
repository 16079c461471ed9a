"""Concordances: what became of the codes of the first case, with the very codes of the publishers."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonnage.errors import CodeError
from tonnage.model import concordances
from tonnage.model.concordances import Relation, follow, predecessors, relation, successors

E_WASTE = ("854921", "854929", "854931", "854939", "854991", "854999")


@pytest.mark.parametrize(
    ("code", "since", "to", "found"),
    [
        ("28053090", "CN2015", "CN2016", ("28053020", "28053030", "28053040", "28053080")),
        ("28469000", "CN2015", "CN2016", ("28469010", "28469020", "28469030", "28469090")),
        ("81129210", "CN2021", "CN2022", ("81123100",)),  # hafnium
        ("81129221", "CN2021", "CN2022", ("81124110", "81129221")),  # rhenium leaves the pool of scrap
        ("28053020", "CN2022", "CN2023", ("28053021", "28053029")),
        ("28053030", "CN2022", "CN2023", ("28053031", "28053039")),
        ("28469010", "CN2022", "CN2023", ("28469040", "28469050")),
        ("28469020", "CN2022", "CN2023", ("28469060", "28469070")),
        ("85051100", "CN2022", "CN2023", ("85051110", "85051190")),
        ("28469030", "CN2022", "CN2023", ("28469030",)),  # in both, and not in the publisher's list
        ("28469000", "CN2015", "CN2025", ("28469030", *(f"284690{n}" for n in (40, 50, 60, 70, 90)))),
        ("811292", "HS2017", "HS2022", ("811231", "811241", "811292")),
        ("850511", "HS2017", "HS2022", ("850511", *E_WASTE)),
        ("28469040", "CN2022", "CN2023", ()),  # not a code of that year
    ],
)
def test_a_code_is_found_in_a_newer_year(code: str, since: str, to: str, found: tuple[str, ...]) -> None:
    assert successors(code, since, to) == found
    assert all(code in predecessors(target, to, since) for target in found)


@pytest.mark.parametrize("code", ["280530", "284610", "284690", "250410", "250490", "253090", "380110"])
@pytest.mark.parametrize(("since", "to"), [("HS2022", "HS2017"), ("HS2022", "HS2012"), ("HS2017", "HS2012")])
def test_codes_of_the_first_case_are_the_same_goods_in_three_editions(code: str, since: str, to: str) -> None:
    assert relation(code, since, to) == Relation("1:1", (code,))


@pytest.mark.parametrize(
    "code",
    [
        *("811010", "811020", "811090", "810110", "810194", "810196", "810197", "810199", "284180", "284990"),
        *("282560", "282580", "720280", "720299", "261100", "261710"),
    ],
)
def test_codes_of_the_controlled_goods_are_too(code: str) -> None:
    assert relation(code, "HS2022", "HS2012").kind == "1:1"


@pytest.mark.parametrize(
    ("code", "since", "to", "expected"),
    [
        ("850511", "HS2022", "HS2017", Relation("n:1", ("850511",), E_WASTE)),
        ("811292", "HS2022", "HS2017", Relation("n:1", ("811292",), ("811231", "811241"))),
        ("811299", "HS2022", "HS2017", Relation("n:1", ("811299",), ("811239", "811249"))),
        ("381600", "HS2022", "HS2017", Relation("1:n", ("251830", "381600"))),  # dolomite ramming mix
        ("28053020", "CN2022", "CN2023", Relation("1:n", ("28053021", "28053029"))),
        ("28053021", "CN2023", "CN2022", Relation("n:1", ("28053020",), ("28053029",))),
        ("28053021", "CN2022", "CN2023", Relation("none", ())),
    ],
)
def test_a_change_has_a_kind(code: str, since: str, to: str, expected: Relation) -> None:
    assert relation(code, since, to) == expected


@pytest.mark.parametrize(
    ("codes", "here", "there", "found"),
    [
        (["28053021", "28053029"], "CN2023", "CN2022", {"28053020"}),
        (["28053020"], "CN2022", "CN2023", {"28053021", "28053029"}),
        (["85051110", "85051190"], "CN2023", "CN2022", {"85051100"}),
        (["280530"], "HS2022", "HS2017", {"280530"}),
    ],
)
def test_a_set_is_followed_where_it_holds_just_the_same_goods(
    codes: list[str], here: str, there: str, found: set[str]
) -> None:
    assert follow(codes, here, there) == concordances.Followed(frozenset(found))


@pytest.mark.parametrize(
    ("codes", "here", "there", "told"),
    [
        (["85051110"], "CN2023", "CN2022", "85051100 of CN2022 holds goods of 85051190 of CN2023 too"),
        (["850511"], "HS2022", "HS2017", "850511 of HS2017 holds goods of 854921, 854929, 854931 and 3 more"),
        (["811292"], "HS2022", "HS2017", "811292 of HS2017 holds goods of 811231, 811241 of HS2022 too"),
        (["28469010"], "CN2023", "CN2022", "CN2023 has no code 28469010"),
        (["8505"], "HS2022", "HS2017", "8505 of HS2022 is a heading: only codes of 6 digits"),
    ],
)
def test_a_set_that_cannot_be_followed_is_refused_with_the_reason(
    codes: list[str], here: str, there: str, told: str
) -> None:
    found = follow(codes, here, there)
    assert not found.codes
    assert found.reason.startswith(told)


def test_what_is_not_held_is_told() -> None:
    with pytest.raises(CodeError, match="concordance HS2007 to HS2022: none is held; did you mean 'HS20"):
        successors("280530", "HS2007", "HS2022")
    with pytest.raises(
        CodeError, match=r"CN2026: none is held; did you mean .CN202.*CN1988 to CN2025, HS2012, HS2017"
    ):
        successors("28053021", "CN2025", "CN2026")
    with pytest.raises(CodeError, match="CN2022 is older than CN2023: expected the other order"):
        successors("28053021", "CN2023", "CN2022")
    with pytest.raises(CodeError, match="expected the other order, or successors"):
        predecessors("28053020", "CN2022", "CN2023")
    with pytest.raises(CodeError, match=r"concordance CN2015 to CN2023: expected one of"):
        follow(["28053090"], "CN2015", "CN2023")
    with pytest.raises(CodeError, match="concordance CN2015 to CN2023: expected one of"):
        concordances.table("CN2015", "CN2023")


def test_a_step_is_a_table_of_pairs() -> None:
    made = concordances.table("CN2022", "CN2023")
    assert made.schema == concordances.TABLE
    magnets = made.filter(pl.col("older") == "85051100")
    assert magnets.rows() == [("85051100", "85051110", "1:n"), ("85051100", "85051190", "1:n")]
    assert made.filter(pl.col("older") == "28469030").height == 0


def test_the_steps_that_are_held() -> None:
    years = [(f"CN{y}", f"CN{y + 1}") for y in range(1988, 2025)]
    assert list(concordances.steps()) == [*years, ("HS2012", "HS2022"), ("HS2017", "HS2022")]
    assert concordances.neighbours("CN2022") == ("CN2021", "CN2023")
    assert concordances.classifications("HS") == ("HS2012", "HS2017", "HS2022")


CODE = st.text("0123456789", min_size=4, max_size=4)
PAIRS = st.dictionaries(
    CODE, st.sets(CODE, min_size=1, max_size=5).map(lambda s: tuple(sorted(s))), max_size=20
)


@given(st.dictionaries(st.sampled_from([("CN2022", "CN2023"), ("HS2017", "HS2022")]), PAIRS))
def test_what_is_written_is_read_back(steps: dict[tuple[str, str], dict[str, tuple[str, ...]]]) -> None:
    assert concordances.parse_steps(concordances.render_steps(steps, "of\nfacts")) == steps


@pytest.mark.parametrize(
    "text",
    [
        "28053020 21 29",
        "CN2022 > CN2023\n28053020",
        "CN2022 > CN2023\n2805 3a",
        "CN2022 > CN2023\n11 2\n11 3",
    ],
)
def test_a_damaged_table_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(CodeError, match=rf"concordances\.txt: line {text.count(chr(10)) + 1}: expected"):
        concordances.parse_steps(text)
