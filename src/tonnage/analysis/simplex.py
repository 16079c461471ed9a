"""Weights that are not negative and sum to one: the mixture of some series that comes closest to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["closest"]


def closest(points: Array, target: Array, ridge: float = 0.0, *, intercept: bool = False) -> Array:
    """Return the weights w of the simplex that minimise |points w (+ a constant) - target|^2 + ridge |w|^2.

    With weights that sum to one the distance is |C w|, C being the points less the target: the point of a
    polytope nearest to the origin. For u >= 0 and u = s w the least |C u|^2 + (sum u - 1)^2 has, for every s,
    that same w, so one problem of non-negative least squares answers exactly, without steps or stopping rule.

    Args:
        points: one column a series, shape (rows, series).
        target: shape (rows,).
        ridge: of the squared weights; above 0 the answer is unique.
        intercept: allow a constant between the mixture and the target.

    Returns:
        Shape (series,).
    """
    import numpy as np
    from scipy.optimize import nnls

    away = points - target[:, None]
    if intercept:
        away = away - away.mean(axis=0)
    count = away.shape[1]
    # the unit of the distance is free: with lengths near 1 neither part of the problem is lost in the other
    unit = float(np.sqrt((away**2).sum() / count + ridge)) or 1.0
    rows = [away / unit, np.sqrt(ridge) / unit * np.eye(count), np.ones((1, count))]
    goal = np.append(np.zeros(len(away) + count), 1.0)
    found, _ = nnls(np.vstack(rows), goal)
    weights: Array = found / found.sum()
    return weights
