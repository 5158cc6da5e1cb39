"""The likelihoods of BG/NBD (purchases) and Gamma-Gamma (value of a purchase), and their maximum by Nelder-Mead.

BG/NBD: Fader, Hardie and Lee (2005). Gamma-Gamma: Fader and Hardie (2005). Times have one unit, such as weeks.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

Array = np.ndarray


class FitError(Exception):
    """The data give no usable parameters. The message has the reason."""


# A fit ends at a limit if the data do not tell how the customers differ: all drop out equally often (a), none drops out (b),
# all buy equally often (r). The likelihood hardly changes there, and the SQL that scores is exact up to these values.
PURCHASE_LIMITS = {"r": (1e-3, 100), "alpha": (1e-3, 1e5), "a": (1e-3, 5), "b": (1e-3, 1e4)}
VALUE_LIMITS = {"p": (1e-3, 1e3), "q": (1e-3, 1e3), "v": (1e-6, 1e9)}


@dataclass(frozen=True)
class Fit:
    """Parameters in the order of the model, and the logarithm of the likelihood of the data."""

    parameters: tuple[float, ...]
    log_likelihood: float


def fit_purchases(frequency: Array, recency: Array, age: Array) -> Fit:
    """Fits r, alpha, a and b of BG/NBD.

    frequency: repeat purchases of each customer; recency: time from the first to the last purchase; age: time from the
    first purchase to the end of the observation. Raises FitError if the search does not converge.
    """
    histories = np.column_stack([frequency, recency, age]).astype(float)
    # Customers with the same history have the same likelihood.
    (x, t_x, t), counts = _distinct(histories)
    bought_again = x > 0
    # Most customers share a number of purchases, and the gamma function is slow.
    numbers, number_of = np.unique(x, return_inverse=True)
    survived = np.maximum(numbers, 1) - 1

    def log_likelihood(r: float, alpha: float, a: float, b: float) -> float:
        common = gammaln(r + numbers) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
        alive = (common + betaln(a, b + numbers))[number_of] - (r + x) * np.log(alpha + t)
        dropped_out = (common + betaln(a + 1, b + survived))[number_of] - (r + x) * np.log(alpha + t_x)
        either = np.where(bought_again, np.logaddexp(alive, dropped_out), alive)
        return float(np.dot(counts, either))

    # The starting point has the mean rate of purchases and a moderate drop-out.
    start = (1.0, max(float(np.mean(age)), 1e-3), 1.0, 2.0)
    return _maximum(log_likelihood, len(histories), start, PURCHASE_LIMITS)


def fit_values(frequency: Array, monetary_value: Array) -> Fit:
    """Fits p, q and v of Gamma-Gamma to the customers with repeat purchases of a value above 0.

    monetary_value: the mean value of the repeat purchases. Raises FitError if the search does not converge, or if q is
    not above 1, because then customers have no mean value.
    """
    valued = (frequency > 0) & (monetary_value > 0)
    x, m = frequency[valued].astype(float), monetary_value[valued].astype(float)
    if len(x) == 0:
        raise FitError("Gamma-Gamma: no customer has a repeat purchase with a value above 0")

    numbers, number_of = np.unique(x, return_inverse=True)
    spent, log_of_spent, sum_of_logs = x * m, np.log(x * m), float(np.sum(np.log(m)))

    def log_likelihood(p: float, q: float, v: float) -> float:
        terms = gammaln(p * numbers + q) - gammaln(p * numbers) - gammaln(q) + q * np.log(v)
        rest = p * x * log_of_spent - (p * x + q) * np.log(spent + v)
        return float(np.sum(terms[number_of] + rest)) - sum_of_logs

    fit = _maximum(log_likelihood, len(x), (2.0, 2.0, float(np.mean(m))), VALUE_LIMITS)
    if fit.parameters[1] <= 1:
        raise FitError(f"Gamma-Gamma: q is {fit.parameters[1]:.4g}, but only above 1 has the value of a purchase a mean")
    return fit


def _distinct(rows: Array) -> tuple[Array, Array]:
    """The columns of the distinct rows, and the number of times that each row occurs."""
    order = np.lexsort(rows.T)
    ordered = rows[order]
    starts = np.flatnonzero(np.append(True, np.any(ordered[1:] != ordered[:-1], axis=1)))
    return ordered[starts].T, np.diff(np.append(starts, len(rows)))


def _maximum(
    log_likelihood, customers: int, start: tuple[float, ...], limits: dict[str, tuple[float, float]]
) -> Fit:
    """Nelder-Mead on the logarithms of the parameters, repeated from where it ended until it gains nothing.

    The search looks at the mean of a customer. The sum of a million customers is so large that its last digits are noise.
    """
    bounds = np.log(np.array(list(limits.values())))
    best, value = np.clip(np.log(start), *bounds.T), -np.inf

    def loss(logarithms: Array) -> float:
        found = -log_likelihood(*np.exp(logarithms)) / customers
        return found if np.isfinite(found) else 1e300

    options = {"xatol": 1e-7, "fatol": 1e-11, "maxiter": 4000}
    for _ in range(20):
        result = minimize(loss, best, method="Nelder-Mead", bounds=bounds, options=options)
        gain, best, value = -result.fun - value, result.x, -result.fun
        if gain < 1e-9:
            return Fit(tuple(float(one) for one in np.exp(best)), float(value * customers))
    raise FitError(f"the search for {', '.join(limits)} did not converge")
