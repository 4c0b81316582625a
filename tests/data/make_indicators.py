#!/usr/bin/env python3
"""Writes indicators.csv: 1,000 random candles and what TA-Lib's published formulas make of them.

Written from the formulas as whole series in decimals of 60 digits, apart from the program: nothing is incremental here.
A reference stands in the first 60 rows and in every tenth; '-' is not known yet.
"""
import random
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60


def sma(values, n):
    return [None if i < n - 1 else sum(values[i - n + 1:i + 1]) / n for i in range(len(values))]


def ema(values, n, first=0):
    """Begins with the mean of n values from `first` on."""
    out = [None] * len(values)
    if len(values) < first + n:
        return out
    at = first + n - 1
    out[at] = sum(values[first:first + n]) / n
    k = Decimal(2) / (n + 1)
    for i in range(at + 1, len(values)):
        out[i] = out[i - 1] + k * (values[i] - out[i - 1])
    return out


def wilder(values, n):
    out = [None] * len(values)
    out[n - 1] = sum(values[:n]) / n
    for i in range(n, len(values)):
        out[i] = (out[i - 1] * (n - 1) + values[i]) / n
    return out


def stddev(values, n):
    out = []
    for i in range(len(values)):
        if i < n - 1:
            out.append(None)
            continue
        part = values[i - n + 1:i + 1]
        mean = sum(part) / n
        out.append((sum((v - mean) ** 2 for v in part) / n).sqrt())
    return out


def rsi(closes, n):
    changes = [b - a for a, b in zip(closes, closes[1:])]
    gain = wilder([max(c, Decimal(0)) for c in changes], n)
    loss = wilder([max(-c, Decimal(0)) for c in changes], n)
    return [None] + [None if g is None else 100 * g / (g + l) if g + l else Decimal(0) for g, l in zip(gain, loss)]


def macd(closes, fast, slow, signal):
    line = [None if a is None or b is None else a - b
            for a, b in zip(ema(closes, fast, slow - fast), ema(closes, slow))]
    known = [v for v in line if v is not None]
    smooth = [None] * (len(line) - len(known)) + ema(known, signal)
    return line, smooth, [None if s is None else v - s for v, s in zip(line, smooth)]


def atr(highs, lows, closes, n):
    ranges = [max(h - l, abs(h - c), abs(l - c)) for h, l, c in zip(highs[1:], lows[1:], closes)]
    return [None] + wilder(ranges, n)


def main():
    rng = random.Random(20261123)
    rows = []
    price = 9712345
    for _ in range(1000):
        path = [price]
        for _ in range(6):
            path.append(max(100, path[-1] + rng.randrange(-30000, 30001)))
        rows.append([Decimal(v) / 100 for v in (path[0], max(path), min(path), path[-1])])
        price = path[-1]
    highs, lows, closes = ([r[i] for r in rows] for i in (1, 2, 3))
    mean, spread = sma(closes, 20), stddev(closes, 20)
    line, signal, hist = macd(closes, 12, 26, 9)
    width = Decimal("2.5")
    columns = {
        "sma": sma(closes, 9),
        "ema": ema(closes, 21),
        "rsi": rsi(closes, 14),
        "macd": line,
        "macd_signal": signal,
        "macd_hist": hist,
        "bb_upper": [None if m is None else m + width * s for m, s in zip(mean, spread)],
        "bb_middle": mean,
        "bb_lower": [None if m is None else m - width * s for m, s in zip(mean, spread)],
        "atr": atr(highs, lows, closes, 14),
        "stddev": spread,
    }
    out = [",".join(["open", "high", "low", "close", *columns])]
    for i, row in enumerate(rows):
        cells = [str(v) for v in row]
        if i < 60 or i % 10 == 9:
            cells += ["-" if c[i] is None else f"{c[i]:.16g}" for c in columns.values()]
        out.append(",".join(cells))
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
