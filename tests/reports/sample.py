"""A briefing as the notebooks print it, in three languages, and the chart in it."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from tonnage.reports.blocks import (
    Banner,
    Block,
    Box,
    Chart,
    Column,
    Document,
    Figure,
    Front,
    Receipt,
    Strip,
    Table,
    Text,
)
from tonnage.reports.fonts import FAMILY, register_matplotlib

MONTHS = [
    *(4986, 3518, 4718, 4785, 5217, 4829, 4775, 5239, 5158, 4782, 4416, 5802),
    *(4290, 4215, 5666, 2626, 1238, 3188, 5577, 6146, 5774, 5473, 6150, 5952),
]

TITLES = {
    "en": "China’s rare-earth exports, December 2025",
    "zh": "中国稀土出口，2025年12月",
    "ja": "中国のレアアース輸出、2025年12月",
}

_SAY = {
    "en": {
        "sub": "Rare-earth magnets (HS 85051110), tonnes, by partner",
        "answer": "China shipped **5,952 t** of rare-earth magnets in December 2025, 3.2% less than in "
        "November and the third-highest month on record. December predates the 6 January measure: "
        "**it cannot show its effect**.^1^",
        "head": "What it means",
        "chart": "Exports by month, January 2024 to December 2025",
        "table": "Where it went, December 2025",
        "partner": "Partner",
        "box": "What “rare-earth magnets” holds",
        "author": "Trade desk",
        "unit": "tonnes",
    },
    "zh": {
        "sub": "稀土永磁体（税号85051110），吨，按国别",
        "answer": "2025年12月中国出口稀土永磁体**5,952吨**，比11月减少3.2%，为历史第三高。"
        "12月早于1月6日措施，**不能显示其影响**。",
        "head": "意味着什么",
        "chart": "月度出口，2024年1月至2025年12月",
        "table": "出口去向，2025年12月",
        "partner": "国家",
        "box": "“稀土永磁体”包括什么",
        "author": "贸易组",
        "unit": "吨",
    },
    "ja": {
        "sub": "レアアース磁石（HS 85051110）、トン、相手国別",
        "answer": "2025年12月の中国のレアアース磁石輸出は**5,952トン**、前月比3.2%減で過去3番目。"
        "12月は1月6日の措置より前であり、**その影響は示せない**。",
        "head": "意味すること",
        "chart": "月別輸出、2024年1月～2025年12月（直近・角度・返還）",
        "table": "輸出先、2025年12月",
        "partner": "相手国",
        "box": "「レアアース磁石」に含まれるもの",
        "author": "貿易担当",
        "unit": "トン",
    },
}

_STRIP = {
    "en": ("Stage", "Released", "Retrieved", "Next release"),
    "zh": ("阶段", "发布", "获取", "下次发布"),
    "ja": ("段階", "公表", "取得", "次回公表"),
}
_STATUS = ("by country", "2026-01-20", "2026-01-20 10:55", "2026-03-20: Jan+Feb")

RECEIPT = Receipt(
    publisher="General Administration of Customs",
    published="2026-01-20",
    stage="detail",
    source="gacc-query",
    raw="0123456789abcdef",
    line=118,
    file="gacc-query/2025-12.csv",
)


def figure(label: str, value: float | None, unit: str = "t") -> Figure:
    """Return one figure of December with one receipt."""
    return Figure(label, value, unit, "rare-earth-magnets", "2025-12", "detail", "2026-01-20", (RECEIPT,))


@cache
def bars(language: str = "en") -> str:
    """Return a chart of 24 bars as SVG whose text stays text."""
    import matplotlib as mpl
    from matplotlib.figure import Figure as Canvas

    register_matplotlib()
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "sample",
        "font.family": FAMILY,
        "font.size": 7.5,
    }
    with mpl.rc_context(settings):
        canvas = Canvas(figsize=(6.77, 2.3), layout="constrained")
        axes = canvas.subplots()
        axes.bar(range(24), MONTHS, color="#777", width=0.7)
        axes.bar([23], MONTHS[-1:], color="white", edgecolor="black", width=0.7, hatch="///")
        axes.set_xticks(range(0, 24, 3), [f"{2024 + m // 12}-{m % 12 + 1:02d}" for m in range(0, 24, 3)])
        axes.set_ylabel(_SAY[language]["unit"])
        axes.spines[["top", "right"]].set_visible(False)
        for number, month in enumerate((15, 21), start=1):
            axes.annotate(
                str(number), (month, MONTHS[month]), xytext=(0, 8), textcoords="offset points", ha="center"
            )
        out = io.StringIO()
        canvas.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def table(language: str = "en") -> Table:
    """Return the partner table, its tonnes backed by figures."""
    say = _SAY[language]
    rows = (
        ("Germany", "963", "−5.2%", "+18.1%", "16.2%"),
        ("United States", "564", "−14.1%", "+3.0%", "9.5%"),
        ("Korea, Republic of", "501", "+2.2%", "+7.9%", "8.4%"),
        ("Viet Nam", "430", "+6.0%", "+21.4%", "7.2%"),
        ("Japan", "280", "−8.2%", "+4.4%", "4.7%"),
        ("World", "5,952", "−3.2%", "+2.6%", "100%"),
    )
    columns = (
        Column(say["partner"]),
        Column("Exports", "right", "t"),
        Column("On month", "right", "%"),
        Column("On year", "right", "%"),
        Column("Share", "right", "%"),
    )
    exact = {"Germany": 963.214, "World": 5952.118, "Japan": 279.6}
    return Table(
        say["table"],
        columns,
        rows,
        notes=("¹ Shares of the publisher’s own world total.",),
        source="General Administration of Customs, HS8 by country, released 2026-01-20, `0123abcd`",
        figures=tuple(figure(f"{name}, exports", value) for name, value in exact.items()),
    )


def blocks(language: str = "en") -> tuple[Block, ...]:
    """Return the blocks of the sample after its front."""
    say = _SAY[language]
    return (
        Text(say["answer"], "answer", (figure("World, exports", 5952.118),)),
        Strip(tuple(zip(_STRIP[language], _STATUS, strict=True))),
        Chart(
            bars(language),
            say["chart"],
            "Bars of monthly exports in tonnes, falling to 1,238 in May 2025; 5,952 in December 2025.",
            notes=(
                "1 Licences required for seven elements and magnets (4 April 2025, effective)",
                "Wider list announced (9 October 2025)",
            ),
            source="General Administration of Customs, released 2026-01-20",
        ),
        Text(
            f"## {say['head']}\n\nA fall of this size happened in **9 of the last 24 months**; it is "
            "ordinary. Japan took 280 t, 8.2% less than in November, and its share was 4.7%. "
            "Stocks of users are *not* covered.\n\n"
            "- The ministry says civilian licences continue. Exporters report waits of 45 days.\n"
            "- Japan’s figures for December come in late January ([ministry](https://example.org/a?b=1&c=2))."
        ),
        table(language),
        Box(
            say["box"],
            (
                "HS **85051110**: permanent magnets of rare-earth metals. The code cannot separate "
                "samarium-cobalt from neodymium-iron-boron, nor magnets with dysprosium from those without.",
                "Not to be compared with *rare earths* (4,392 t, compounds and metals) nor *rare-earth "
                "products* (6,745 t).",
            ),
        ),
        Text("¹ General Administration of Customs, by country, 20 January 2026, line 118.", "note"),
    )


def document(language: str = "en", *, draft: str = "") -> Document:
    """Return the sample report."""
    say = _SAY[language]
    front = Front(
        TITLES[language],
        say["sub"],
        language,  # type: ignore[arg-type]
        "2026-01-21",
        run="7f3a9c21",
        footer="e estimated · p provisional · r revised · – zero · .. not available",
        author=say["author"],
        keywords=("rare earths", "magnets", "China"),
    )
    return Document(front, (*blocks(language), *((Banner(draft),) if draft else ())))
