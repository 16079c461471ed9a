"""UN Comtrade as a server: versions, rows, limits, a key, and a quota; small, and as the real one behaves."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from tests.ledger.publisher import Reply, Seen

AREAS = (0, 156, 392, 842)
_MESSAGE = b'{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in %s."}'


@dataclass
class Comtrade:
    """Its state: what is released, how many rows an answer may have, and how many calls are left."""

    released: dict[str, str] = field(default_factory=lambda: {"202401": "2025-12-04T10:53:32.8266667"})
    limit: int = 500
    calls: int = 10**6
    value: float = 1.0
    bad: dict[str, Reply] = field(default_factory=dict)
    took: int = 0

    def __call__(self, seen: Seen) -> Reply:
        self.calls -= 1
        if self.calls < 0:
            return Reply(_MESSAGE % b"03:14:17", 403)
        if seen.params.get("period") in self.bad:
            return self.bad.pop(seen.params["period"])
        if seen.path.endswith("partnerAreas.json"):
            return _json({"results": [{"id": area} for area in AREAS]})
        if "/data/" in seen.path and seen.headers.get("ocp-apim-subscription-key") != "the-k3y":
            return Reply(b'{"statusCode":401,"message":"Access denied due to invalid subscription key"}', 401)
        if "/getDa/" in seen.path:
            return _json(
                {"count": 1, "data": [self._dataset(p) for p in self._asked(seen, "period")], "error": ""}
            )
        rows = self.rows(seen)
        self.took += 1  # every answer differs in how long it took
        return _json(
            {"elapsedTime": f"{self.took} secs", "count": len(rows), "data": rows[: self.limit], "error": ""}
        )

    def _asked(self, seen: Seen, name: str) -> list[str]:
        return [value for value in seen.params[name].split(",") if name != "period" or value in self.released]

    def _dataset(self, period: str) -> dict[str, Any]:
        return {
            "reporterCode": 156,
            "reporterISO": "CHN",
            "period": period,
            "datasetChecksum": zlib.crc32(self.released[period].encode()),
            "lastReleased": self.released[period],
        }

    def rows(self, seen: Seen) -> list[dict[str, Any]]:
        """Every figure that is asked for, one a period, flow, partner and commodity."""
        areas = seen.params.get("partnerCode", ",".join(map(str, AREAS)))
        return [
            {
                "period": period,
                "flowCode": flow,
                "partnerCode": int(area),
                "cmdCode": code,
                "primaryValue": self.value,
            }
            for period in self._asked(seen, "period")
            for flow in seen.params["flowCode"].split(",")
            for area in areas.split(",")
            for code in seen.params["cmdCode"].split(",")
        ]


def _json(body: Any) -> Reply:
    return Reply(json.dumps(body).encode(), headers={"Content-Type": "application/json"})
