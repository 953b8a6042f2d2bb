#!/usr/bin/env python3
"""Writes Tests/AnalysisTests/Fixtures/statistics.json: what SciPy and NumPy say of stored samples.

usage: Tools/statistics-golden.py      needs SciPy; the tests themselves do not need Python
"""
import itertools
import json
import os
import sys

import numpy
import scipy
from scipy import stats

RESAMPLES = 1_000
SEED = 2021
MASK = (1 << 64) - 1


class SplitMix:
    """The random numbers of the bootstrap, written a second time from the published algorithm."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        return (self.next() * bound) >> 64


def iqm(x):
    return float(stats.trim_mean(numpy.asarray(x, float).ravel(), 0.25))


def interval(strata, statistic):
    random, found = SplitMix(SEED), []
    for _ in range(RESAMPLES):
        sample = [[s[random.below(len(s))] for _ in s] for s in strata]
        found.append(statistic(sample))
    return [float(v) for v in numpy.quantile(found, [0.025, 0.975])]


def wilcoxon(d):
    """SciPy's statistic, and the exact two-sided p-value by looking at all signs (ties and all)."""
    d = numpy.asarray([v for v in d if v != 0], float)
    ranks = stats.rankdata(abs(d))
    plus, minus = float(ranks[d > 0].sum()), float(ranks[d < 0].sum())
    if len(d) <= 16:
        least = min(plus, minus)
        sums = [sum(r for r, s in zip(ranks, signs) if s) for signs in itertools.product([0, 1], repeat=len(d))]
        p = min(1.0, 2 * sum(s <= least + 1e-9 for s in sums) / 2 ** len(d))
        if len(set(abs(d))) == len(d):
            scipys = stats.wilcoxon(d, method="exact")
            assert abs(scipys.pvalue - p) < 1e-12 and abs(scipys.statistic - least) < 1e-12
    else:
        p = float(stats.wilcoxon(d, method="exact").pvalue)
    return {"count": len(d), "positive_ranks": plus, "negative_ranks": minus, "p": p}


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    generator = numpy.random.default_rng(5)
    samples = [generator.normal(0.5, 0.1, n).tolist() for n in (1, 2, 3, 4, 5, 7, 8, 12, 31)]
    samples += [[1.0, 1.0, 2.0, 2.0, 2.0, 5.0], generator.lognormal(size=20).tolist(), [-3.0, 1e-9, 4e8, 2.5]]
    out = {"scipy": scipy.__version__, "numpy": numpy.__version__, "samples": [], "pairs": [], "groups": [], "t": []}
    for x in samples:
        out["samples"].append({
            "values": x, "mean": float(numpy.mean(x)), "median": float(numpy.median(x)), "iqm": iqm(x),
            "sd": float(numpy.std(x, ddof=1)) if len(x) > 1 else None,
            "quantiles": [float(numpy.quantile(x, q)) for q in (0.025, 0.25, 0.9)],
            "iqm_interval": interval([x], lambda s: iqm(s[0])) if len(x) > 1 else None})
    for n, shift in ((2, 0.1), (4, 0.05), (5, 0.1), (6, 0.3), (8, 0.02), (12, 0.05), (30, 0.03)):
        left = generator.normal(0.5, 0.1, n)
        right = left - shift + generator.normal(0, 0.04, n)
        d = right - left
        degrees = n - 1
        factor = stats.t.ppf(0.975, degrees) + stats.t.ppf(0.8, degrees)
        out["pairs"].append({
            "left": left.tolist(), "right": right.tolist(), "mean": float(d.mean()), "sd": float(d.std(ddof=1)),
            "effect_size": float(d.mean() / d.std(ddof=1)), "wilcoxon": wilcoxon(d),
            "detectable": float(factor * d.std(ddof=1) / n ** 0.5),
            "interval": interval([d.tolist()], lambda s: numpy.mean(s[0]))})
    for d in ([1.0, -1.0, 2.0, 2.0, -2.0, 3.0, 0.0], [0.5, 0.5, 0.5, 0.5, -0.5], [-1.0, -2.0, -3.0, -4.0]):
        out["pairs"].append({"left": [0.0] * len(d), "right": d, "wilcoxon": wilcoxon(d)})
    for n, m in ((3, 3), (5, 8), (10, 10)):
        a, b = generator.normal(0, 1, n).round(1), generator.normal(0.5, 1, m).round(1)

        def lower(s):
            return stats.mannwhitneyu(s[1], s[0]).statistic / (len(s[0]) * len(s[1]))

        def fast(s):
            x, y = numpy.asarray(s[0])[:, None], numpy.asarray(s[1])[None, :]
            return ((x < y) + 0.5 * (x == y)).mean()

        chance = float(lower([a, b]))
        assert abs(chance - fast([a, b])) < 1e-12
        strata = [a.tolist(), b.tolist()]
        out["groups"].append({
            "left": strata[0], "right": strata[1], "chance": chance, "interval": interval(strata, fast),
            "stratified_iqm": interval(strata, lambda s: iqm(numpy.concatenate([numpy.asarray(v) for v in s])))})
    for degrees in (1, 2, 3, 4, 7, 11, 29, 100, 999):
        for p in (0.6, 0.8, 0.95, 0.975, 0.999):
            out["t"].append({"degrees": degrees, "p": p, "t": float(stats.t.ppf(p, degrees))})
    x = [0.01, 0.04, 0.03, 0.005, 0.5]
    adjusted, order = [0.0] * len(x), sorted(range(len(x)), key=lambda i: x[i])
    for rank, i in enumerate(order):
        adjusted[i] = min(1.0, max((len(x) - k) * x[j] for k, j in enumerate(order[: rank + 1])))
    out["holm"] = {"values": x, "adjusted": adjusted}
    path = os.path.join(os.path.dirname(__file__), "..", "Tests/AnalysisTests/Fixtures/statistics.json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(out, file, indent=1)
        file.write("\n")


main()
