"""Big files of the publishers' forms, made up: codes that exist, numbers that do not mean anything.

    python benchmarks/bulk_files.py comext 4900000 /tmp/full_v2_202402.dat

Each is written in the order in which the publisher writes: Comext by reporter, BACI by exporter.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

import numpy as np
import polars as pl

from tonnage.model import partners

__all__ = ["WRITERS"]

_MEMBERS: Final = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
STEP: Final = 1_000_000
EU: Final = [code for code in partners.partner_codes("geonom") if code in _MEMBERS]

Chooser = np.random.Generator


def _steps(rows: int) -> Iterator[int]:
    while rows > 0:
        yield min(STEP, rows)
        rows -= STEP


def _pick(rng: Chooser, words: list[str], count: int, weights: np.ndarray | None = None) -> pl.Series:
    return pl.Series(words).gather(rng.choice(len(words), count, p=weights))


def _products(rng: Chooser, count: int, digits: int) -> list[str]:
    low, high = 10 ** (digits - 2), 97 * 10 ** (digits - 2)
    return [f"{code:0{digits}d}" for code in np.unique(rng.integers(low, high, count))]


def comext(rows: int, out: IO[bytes], period: str = "202402", seed: int = 1) -> None:
    """Write a month of Comext's full_v2 files: 18 columns, about 80 bytes a record."""
    rng = np.random.default_rng(seed)
    countries = [code for code in partners.partner_codes("geonom") if len(code) == 2]
    products = [*_products(rng, 9500, 8), "39XXXXXX", "TOTAL"]
    units = rng.choice(["NO_SU", "NAR", "MTK"], len(products), p=[0.75, 0.2, 0.05])
    by_product = rng.dirichlet(np.ones(len(products)) * 0.7)
    by_country = rng.dirichlet(np.ones(len(countries)) * 0.3)
    reporters = np.sort(rng.choice(len(EU), rows, p=rng.dirichlet(np.ones(len(EU)))))
    for count in _steps(rows):
        of, reporters = reporters[:count], reporters[count:]
        product = rng.choice(len(products), count, p=by_product)
        value = rng.lognormal(8, 2.5, count).astype(np.int64)
        mass = (value / rng.lognormal(2, 1, count)).astype(np.int64)
        frame = pl.DataFrame(
            {
                "REPORTER": pl.Series(EU).gather(of),
                "PARTNER": _pick(rng, countries, count, by_country),
                "TRADE_TYPE": _pick(rng, ["I", "E"], count),
                "PRODUCT_NC": pl.Series(products).gather(product),
                "PRODUCT_SITC": _pick(rng, _products(rng, 3000, 5), count),
                "PRODUCT_CPA21": "2059",
                "PRODUCT_CPA22": "2059",
                "PRODUCT_BEC": "220",
                "PRODUCT_BEC5": "311210",
                "PRODUCT_SECTION": "06",
                "FLOW": rng.integers(1, 3, count),
                "STAT_PROCEDURE": rng.choice([1, 2, 3, 9], count, p=[0.9, 0.05, 0.03, 0.02]),
                "SUPPL_UNIT": pl.Series(units).gather(product),
                "PERIOD": period,
                "VALUE_EUR": value,
                "VALUE_NAC": value,
                "QUANTITY_KG": mass,
                "QUANTITY_SUPPL_UNIT": np.where(units[product] == "NO_SU", 0, mass // 3),
            }
        )
        frame.write_csv(out, include_header=out.tell() == 0)


def baci(rows: int, out: IO[bytes], period: str = "2023", seed: int = 1) -> None:
    """Write a year of BACI: exporter, importer, product, thousand dollars, tonnes."""
    rng = np.random.default_rng(seed)
    countries = [code for code in partners.partner_codes("m49") if code.isdigit() and code != "0"]
    products = _products(rng, 5000, 6)
    exporters = np.sort(rng.choice(len(countries), rows, p=rng.dirichlet(np.ones(len(countries)) * 0.3)))
    for count in _steps(rows):
        of, exporters = exporters[:count], exporters[count:]
        value = np.round(rng.lognormal(2, 2.5, count), 3)
        mass = pl.Series(np.round(value / rng.lognormal(2, 1, count), 3))
        frame = pl.DataFrame(
            {
                "t": period,
                "i": pl.Series(countries).gather(of),
                "j": _pick(rng, countries, count),
                "k": _pick(rng, products, count).str.strip_chars_start("0"),
                "v": value,
                "q": pl.select(pl.when(pl.Series(rng.random(count) > 0.03)).then(mass)).to_series(),
            }
        )
        frame.write_csv(out, include_header=out.tell() == 0)


def comtrade(rows: int, out: IO[bytes], period: str = "2023", seed: int = 1) -> None:
    """Write a year of UN Comtrade's bulk files: 34 columns, tab-separated, about 150 bytes a record.

    One record in five is a part by mode of transport, as files of breakdowns hold them.
    """
    rng = np.random.default_rng(seed)
    countries = [code for code in partners.partner_codes("m49") if code.isdigit()]
    products = _products(rng, 5000, 6)
    units = rng.choice(["8", "5", "-1"], len(products), p=[0.75, 0.2, 0.05])
    for count in _steps(rows):
        product = rng.choice(len(products), count)
        value = np.round(rng.lognormal(10, 2.5, count), 3)
        mass = np.round(value / rng.lognormal(2, 1, count), 3)
        guessed = rng.random(count) < 0.4
        none = pl.Series([None] * count, dtype=pl.Float64)
        frame = pl.DataFrame(
            {
                "datasetCode": "20156202301012200",
                "typeCode": "C",
                "freqCode": "A",
                "refPeriodId": f"{period}0101",
                "refYear": period,
                "refMonth": "52",
                "period": period,
                "reporterCode": "156",
                "flowCode": _pick(rng, ["M", "X"], count),
                "partnerCode": _pick(rng, countries, count),
                "partner2Code": "0",
                "classificationSearchCode": "H6",
                "classificationCode": "H6",
                "isOriginalClassification": "1",
                "cmdCode": pl.Series(products).gather(product),
                "customsCode": "C00",
                "mosCode": "0",
                "motCode": _pick(rng, ["0", "1000", "2100"], count, np.array([0.8, 0.1, 0.1])),
                "qtyUnitCode": pl.Series(units).gather(product),
                "qty": mass,
                "isQtyEstimated": guessed.astype(int),
                "altQtyUnitCode": "-1",
                "altQty": none,
                "isAltQtyEstimated": 0,
                "netWgt": pl.select(pl.when(pl.Series(rng.random(count) > 0.05)).then(mass)).to_series(),
                "isNetWgtEstimated": guessed.astype(int),
                "grossWgt": none,
                "isGrossWgtEstimated": 0,
                "cifvalue": none,
                "fobvalue": value,
                "primaryValue": value,
                "legacyEstimationFlag": np.where(guessed, 6, 0),
                "isReported": 0,
                "isAggregate": 1,
            }
        )
        frame.write_csv(out, include_header=out.tell() == 0, separator="\t")


WRITERS: Final[dict[str, Callable[[int, IO[bytes]], None]]] = {
    "comext": comext,
    "baci": baci,
    "comtrade": comtrade,
}


def main() -> None:
    """Write one file."""
    form, rows, name = sys.argv[1:4]
    path = Path(name)
    with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as out:
        WRITERS[form](int(float(rows)), out)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
