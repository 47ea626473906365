"""A procurement round as it grows: seconds to clear, to explain the losers and to check what is published.

Bids and offers are made up from a fixed seed: prices around a common level, half the offers in lots, six origins of which one has
half the offers, three windows, certificates. Patterns turn rules on: *plain* (lots alone), *ruled* (origin ceiling, certified
share, shares kept for non-members and small buyers). The published rounds of gas in 2023 had some 80 buyers and 25
suppliers.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

from lodestone.coordinate.round_clear import clear
from lodestone.coordinate.round_nouns import PAY_AS_BID, UNIFORM, Bid, Offer, Rules

SIZES = (25, 50, 100, 200)
MEMBERS = ("A", "B", "C", "D", "E", "F", "G")


def made_up(count: int, products: int = 4, seed: int = 1) -> tuple[list[Bid], list[Offer]]:
    """So many bids and offers."""
    rng = np.random.default_rng(seed)
    buyers = [*MEMBERS, "P", "Q"]
    windows = ("2027-H1", "2027-H2", "2028-H1")
    bids, offers = [], []
    for i in range(count):
        start = int(rng.integers(0, 3))
        needs = ("IRMA",) if rng.random() < 0.2 else ()
        bids.append(
            Bid(f"b{i}", buyers[int(rng.integers(len(buyers)))], f"product {rng.integers(products)}",
                round(float(rng.lognormal(3, 0.8)), 1), round(float(rng.normal(110, 15)), 2),
                windows[start : start + int(rng.integers(1, 3))], int(rng.integers(1, 4)), needs)
        )  # fmt: skip
        quantity = round(float(rng.lognormal(3, 0.8)), 1)
        lot = round(quantity * float(rng.uniform(0.3, 1.0)), 1) if rng.random() < 0.5 else 0.0
        offers.append(
            Offer(f"o{i}", f"supplier {i % 25}", f"product {rng.integers(products)}", quantity,
                  round(float(rng.normal(100, 15)), 2), min(lot, quantity),
                  "X" if rng.random() < 0.5 else f"Y{rng.integers(5)}",
                  ("IRMA",) if rng.random() < 0.5 else (), () if rng.random() < 0.5 else (windows[int(rng.integers(3))],))
        )  # fmt: skip
    return bids, offers


def ruled(pricing: str) -> Rules:
    return Rules(
        pricing=pricing, members=MEMBERS, certified_share=0.6, origin_ceiling=0.4, access_share=0.1,
        small_buyer_tonnes=30.0, small_buyer_share=0.05,
    )  # fmt: skip


def measure(count: int, pattern: str, pricing: str, products: int) -> dict[str, object]:
    bids, offers = made_up(count, products)
    rules = ruled(pricing) if pattern == "ruled" else Rules(pricing=pricing)
    wall, processor = time.perf_counter(), time.process_time()
    found = clear(bids, offers, rules)
    total, busy = time.perf_counter() - wall, time.process_time() - processor
    return {
        "bids": count, "products": products, "pattern": pattern, "pricing": pricing, "clear_s": found.solve_seconds,
        "with_losers_s": total, "with_losers_cpu_s": busy, "gap": found.gap, "optimal": found.optimal,
        "certified_gap": (found.certificate["bound"] - found.surplus) / max(found.surplus, 1.0),
        "awards": len(found.awards), "losers": len(found.losers), "paradox": len(found.paradoxically_rejected),
    }  # fmt: skip


def main() -> None:
    """Measure the ladder and print it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="the smallest round alone")
    asked.add_argument("--json", action="store_true", help="for machines")
    given = asked.parse_args()
    rows = []
    for count in SIZES[:1] if given.quick else SIZES:
        for pattern in ("plain", "ruled"):
            for pricing in (UNIFORM, PAY_AS_BID):
                for products in (1, 4):
                    rows.append(measure(count, pattern, pricing, products))
                    if not given.json:
                        row = rows[-1]
                        sys.stdout.write(
                            f"{count:>4} + {count:<4} {products} products {pattern:<6} {pricing:<10} clear {row['clear_s']:6.2f} s  "
                            f"with losers {row['with_losers_s']:6.2f} s ({row['with_losers_cpu_s']:.2f} cpu)  gap {row['gap']:.2e}  "
                            f"certified {row['certified_gap']:.2e}  awards {row['awards']}  losers {row['losers']}  "
                            f"paradox {row['paradox']}\n"
                        )
                        sys.stdout.flush()
    if given.json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
