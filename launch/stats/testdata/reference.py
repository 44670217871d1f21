"""Makes reference.json: what scipy and statsmodels say, for the tests of launch/stats.

    python -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0 numpy==2.4.6
    venv/bin/python reference.py > reference.json

The versions that were used stand in the file. Nothing is drawn from Python's or
numpy's generators: resamples come from the generator that the package documents
(PCG-DXSM as in Go's math/rand/v2), written out below, so that both sides see the
same draws.
"""

import json
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import scipy
import statsmodels
from scipy import stats
from scipy.optimize import brentq
from statsmodels.formula.api import ols
from statsmodels.stats import power as sm_power
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportion_effectsize

MASK = (1 << 64) - 1


class Draws:
    """PCG-DXSM with 128 bits of state; an index takes 32 bits, the low half first."""

    def __init__(self, seed, stream):
        self.state, self.spare = (seed << 64) | stream, None

    def word(self):
        mul = (2549297995355413924 << 64) | 4865540595714422341
        inc = (6364136223846793005 << 64) | 1442695040888963407
        self.state = (self.state * mul + inc) & ((1 << 128) - 1)
        hi, lo = self.state >> 64, self.state & MASK
        hi ^= hi >> 32
        hi = hi * 0xDA942042E4DD58B5 & MASK
        hi ^= hi >> 48
        return hi * (lo | 1) & MASK

    def below(self, limit):
        if self.spare is None:
            word = self.word()
            half, self.spare = word & 0xFFFFFFFF, word >> 32
        else:
            half, self.spare = self.spare, None
        return half * limit >> 32


def proportions():
    rows = []
    for solved, n in [(0, 1), (1, 1), (0, 500), (1, 500), (9, 500), (75, 500), (88, 500), (162, 500), (201, 500), (250, 500), (499, 500), (500, 500), (3, 7), (39, 433), (2294, 9000), (7, 100000)]:
        for level in (0.8, 0.95, 0.99):
            wilson = proportion_confint(solved, n, alpha=1 - level, method="wilson")
            exact = proportion_confint(solved, n, alpha=1 - level, method="beta")
            rows.append(dict(solved=solved, n=n, level=level, wilson=list(map(float, wilson)), exact=[float(np.nan_to_num(exact[0], nan=0.0)), float(np.nan_to_num(exact[1], nan=1.0))]))
    return rows


def mcnemars():
    rows = []
    for won, lost, n in [(0, 0, 500), (1, 0, 500), (0, 5, 500), (8, 8, 500), (16, 0, 500), (40, 24, 500), (24, 40, 500), (33, 50, 500), (120, 90, 500), (700, 610, 9000), (3, 4, 7)]:
        exact = mcnemar([[0, won], [lost, 0]], exact=True).pvalue
        fewer = min(won, lost)
        mid = 2 * stats.binom.cdf(fewer, won + lost, 0.5) - stats.binom.pmf(fewer, won + lost, 0.5)
        z = stats.norm.ppf(0.975)
        b, c = (won + 1) / (n + 2), (lost + 1) / (n + 2)
        half = z * np.sqrt((b + c - (b - c) ** 2) / (n + 2))
        rows.append(dict(won=won, lost=lost, n=n, exact=float(exact), mid=float(min(1, mid)), interval=[max(-1, b - c - half), min(1, b - c + half)]))
    return rows


def corrections():
    rows = []
    for ps in [[0.04], [0.01, 0.02, 0.03], [0.03, 0.01, 0.02, 0.01, 0.9, 1.0], [0.0, 0.5, 0.5, 0.04, 0.0001, 0.2, 0.049], [1.0, 1.0]]:
        rows.append(dict(ps=ps, holm=list(map(float, multipletests(ps, method="holm")[1])), bh=list(map(float, multipletests(ps, method="fdr_bh")[1]))))
    return rows


def pairs():
    """Verdicts and scores of two runs, made by arithmetic."""
    verdict = lambda n, every, shift: [1.0 if (i * 7919 + shift) % every == 0 else 0.0 for i in range(n)]
    score = lambda n, step: [((i * step) % 1009) / 1009 for i in range(n)]
    return [
        ("verdicts", verdict(60, 3, 0), verdict(60, 2, 1)),
        ("few discordant", verdict(200, 5, 0), [1.0 if i in (3, 77, 150) else v for i, v in enumerate(verdict(200, 5, 0))]),
        ("scores", score(80, 17), score(80, 391)),
        ("skewed", score(50, 17), [s + (5.0 if i % 16 == 0 else 0.0) for i, s in enumerate(score(50, 23))]),
        ("two instances", [0.0, 0.25], [1.0, 0.5]),
    ]


def bootstraps():
    rows = []
    for name, a, b in pairs():
        for seed, level in [(0, 0.95), (7, 0.9)]:
            n, resamples = len(a), 1000
            draws = Draws(seed, 1)
            index = np.array([[draws.below(n) for _ in range(n)] for _ in range(resamples)])
            x, y = np.array(a), np.array(b)
            drawn = y[index].mean(axis=1) - x[index].mean(axis=1)
            # Sums that are equal may differ by a rounding: scipy counts ties exactly.
            drawn = np.round(drawn, 13)
            value = y.mean() - x.mean()
            delta = np.round(y - x, 13)
            result = stats.bootstrap((delta,), lambda d, axis: np.round(d.mean(axis=axis), 13), n_resamples=0, bootstrap_result=SimpleNamespace(bootstrap_distribution=drawn), confidence_level=level, method="BCa")
            ci = result.confidence_interval
            rows.append(dict(name=name, a=a, b=b, seed=seed, resamples=resamples, level=level, value=float(value), low=float(ci.low), high=float(ci.high)))
    return rows


def permutations():
    rows = []
    for a, b in [([0.1, 0.5, 0.7, 0.2, 0.9, 0.4], [0.3, 0.4, 0.9, 0.6, 0.95, 0.8]), ([1.0, 2.0, 3.0], [3.0, 2.0, 2.5]), ([0.2 * i for i in range(12)], [0.17 * i + 0.3 for i in range(12)])]:
        result = stats.permutation_test((b, a), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples", n_resamples=np.inf, vectorized=True)
        rows.append(dict(a=a, b=b, p=float(result.pvalue)))
    return rows


def powers():
    """McNemar's normal power is statsmodels' power with two variances."""
    rows = []
    for n, discordance, gain in [(500, 0.16, 0.03), (500, 0.16, 0.05), (500, 0.30, 0.05), (100, 0.2, 0.1), (433, 0.08, 0.02)]:
        null, alternative = np.sqrt(discordance), np.sqrt(discordance - gain**2)
        power = sm_power.normal_power_het(gain, n, 0.05, std_null=null, std_alternative=alternative, alternative="two-sided")
        needed = sm_power.normal_sample_size_one_tail(gain, 0.8, 0.025, std_null=null, std_alternative=alternative)
        found = brentq(lambda d: sm_power.normal_power_het(d, n, 0.05, std_null=null, std_alternative=np.sqrt(discordance - d * d), alternative="two-sided") - 0.8, 1e-9, discordance, xtol=1e-14)
        rows.append(dict(n=n, discordance=discordance, gain=gain, power=float(power), needed=float(needed), smallest=float(found), exact=exact_power(n, discordance, gain)))
    return rows


def exact_power(n, discordance, gain):
    """The power of the exact and of the mid-p test, by enumeration of all wins and losses."""
    total = np.zeros(2)
    for m in range(n + 1):
        weight = stats.binom.pmf(m, n, discordance)
        if weight < 1e-12:
            continue
        won = np.arange(m + 1)
        fewer = np.minimum(won, m - won)
        tail, at = stats.binom.cdf(fewer, m, 0.5), stats.binom.pmf(fewer, m, 0.5)
        chance = stats.binom.pmf(won, m, (discordance + gain) / (2 * discordance))
        total += weight * np.array([chance[2 * tail <= 0.05].sum(), chance[2 * tail - at <= 0.05].sum()])
    return dict(exact=float(total[0]), mid=float(total[1]))


def effects():
    rows = []
    for name, a, b in pairs():
        x, y = np.array(a), np.array(b)
        row = dict(name=name, a=a, b=b)
        d = y - x
        n = len(d)
        value = d.mean() / d.std(ddof=1)
        t = value * np.sqrt(n)
        bound = lambda p: brentq(lambda mu: stats.nct.cdf(t, n - 1, mu) - p, t - 12, t + 12, xtol=1e-14, rtol=1e-14) / np.sqrt(n)
        row["d"] = [float(value), float(bound(0.975)), float(bound(0.025))]
        if set(a) | set(b) <= {0.0, 1.0}:
            h = proportion_effectsize(y.mean(), x.mean())
            half = stats.norm.ppf(0.975) * np.sqrt(2 * (1 - np.corrcoef(x, y)[0, 1]) / n)
            row["h"] = [float(h), float(h - half), float(h + half)]
        rows.append(row)
    return rows


def cell(n, seeds, hard, luck, drift):
    """Verdicts of seeds of one cell, made by arithmetic: difficulty, luck and a drift from seed to seed."""
    return [[1.0 if ((i * 7919) % n) / n + luck * (((i + 1) * (s + 3) * 104729) % 97) / 97 + drift * s < hard else 0.0 for i in range(n)] for s in range(seeds)]


def pooled():
    rows = []
    for name, a, b in [("seeds matter", cell(60, 3, 0.4, 0.3, 0.08), cell(60, 4, 0.6, 0.3, -0.09)), ("seeds do not", cell(60, 3, 0.4, 0.3, 0.0), cell(60, 3, 0.5, 0.3, 0.0)), ("cells share their luck", cell(40, 3, 0.5, 0.3, 0.02), cell(40, 3, 0.5, 0.3, 0.02))]:
        row = dict(name=name, a=a, b=b, seed=3, resamples=1000, spreads=[])
        spread = []
        for rows_of in (a, b):
            m = np.array(rows_of)
            table = pd.DataFrame([dict(y=m[s, i], s=s, i=i) for s in range(m.shape[0]) for i in range(m.shape[1])])
            found = anova_lm(ols("y ~ C(s) + C(i)", table).fit())
            luck, between = found.mean_sq["Residual"], found.mean_sq["C(s)"] / m.shape[1]
            spread.append(SimpleNamespace(between=between, luck=luck, seeds=max(0.0, between - luck / m.shape[1])))
            k = m.shape[0]
            sd = np.sqrt(between)
            row["spreads"].append(dict(between=float(between), luck=float(luck), low=float(sd * np.sqrt((k - 1) / stats.chi2.ppf(0.975, k - 1))), high=float(sd * np.sqrt((k - 1) / stats.chi2.ppf(0.025, k - 1)))))
        row["low"], row["high"], row["freedom"] = hierarchical(np.array(a), np.array(b), spread, 3, 1000)
        rows.append(row)
    return rows


def hierarchical(a, b, spread, seed, resamples):
    n = a.shape[1]
    v = np.var(b.mean(axis=0) - a.mean(axis=0), ddof=1) / n
    # No more luck is taken out of the variance between seeds than that between instances has in it.
    taken = min(1.0, v / sum(s.luck / n / m.shape[0] for m, s in zip((a, b), spread)))
    for s in spread:
        s.seeds = max(0.0, s.between - taken * s.luck / n)
    draws = Draws(seed, 1)
    index = np.array([[draws.below(n) for _ in range(n)] for _ in range(resamples)])
    sides, variance = [], []
    for m, s, stream in ((a, spread[0], 3), (b, spread[1], 4)):
        k, means = m.shape[0], m.mean(axis=1)
        side = m[:, index].mean(axis=2).mean(axis=0)
        if s.seeds > 0:
            shift = np.sqrt(s.seeds / (s.between * (k - 1) / k)) * (means - means.mean())
            draws = Draws(seed, stream)
            side = side + np.array([[shift[draws.below(k)] for _ in range(k)] for _ in range(resamples)]).mean(axis=1)
            variance.append((s.seeds / k, (s.between / k) ** 2 / (k - 1), k - 1))
        sides.append(side)
    value, drawn = b.mean() - a.mean(), sides[1] - sides[0]
    freedom, wider = 0.0, 1.0
    if variance:
        freedom = (v + sum(x for x, _, _ in variance)) ** 2 / (v**2 / (n - 1) + sum(y for _, y, _ in variance))
        freedom = max(freedom, min(k for _, _, k in variance))
        wider = stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(value + wider * (low - value)), float(value + wider * (high - value)), float(freedom)


def rates():
    """Differences of two counts."""
    rows = []
    for first, n, second, m in [(162, 500, 201, 500), (172, 500, 162, 500), (75, 500, 88, 500), (0, 500, 3, 500), (500, 500, 500, 500), (11, 433, 19, 500), (1, 3, 2, 3)]:
        ci = confint_proportions_2indep(second, m, first, n, method="newcomb", compare="diff")
        rows.append(dict(first=first, n=n, second=second, m=m, interval=list(map(float, ci))))
    return rows


json.dump(
    dict(
        versions=dict(python=sys.version.split()[0], numpy=np.__version__, scipy=scipy.__version__, statsmodels=statsmodels.__version__),
        proportions=proportions(), mcnemar=mcnemars(), corrections=corrections(), bootstrap=bootstraps(), permutation=permutations(),
        power=powers(), effects=effects(), pooled=pooled(), rates=rates(),
    ),
    sys.stdout,
    indent=1,
)
