"""Makes BACI-layout tables of any size for the benchmark: same columns, codes and shape of the groups, made-up figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

ECONOMIES, PRODUCTS = 225, 5_000
RELEASE = "202401b"


def write_codes(folder: Path) -> list[Path]:
    """Tables of countries (ISO numbers of the labels in use) and of products."""
    from lodestone.facts.place import data_folder
    from lodestone.facts.trade_partners import read_partners

    partners = read_partners(data_folder())
    numbers = {label: code for code, label in reversed(partners.by_un_code.items())}
    labels = [label for label, kind in partners.kinds.items() if kind == "economy"][:ECONOMIES]
    countries = folder / f"country_codes_V{RELEASE}.csv"
    rows = [f"{numbers[label]},{label},,{label}" for label in labels]
    countries.write_text("\n".join(["country_code,country_name,country_iso2,country_iso3", *rows]) + "\n")
    products = folder / f"product_codes_HS92_V{RELEASE}.csv"
    codes = [f"{10_100 + 179 * place:06d}" for place in range(PRODUCTS)]
    products.write_text("\n".join(["code,description", *(f"{code},made up" for code in codes)]) + "\n")
    return [countries, products]


def write_year(folder: Path, year: int, rows: int, seed: int = 0) -> Path:
    """One year's flows: the larger an economy and a product, the more pairs trade it; 2 % of weights are missing."""
    import pyarrow as pa
    import pyarrow.csv as pc

    rng = np.random.Generator(np.random.Philox(key=[seed, year]))
    with (folder / f"country_codes_V{RELEASE}.csv").open() as handle:
        numbers = np.array([int(line.split(",")[0]) for line in handle.readlines()[1:]])
    with (folder / f"product_codes_HS92_V{RELEASE}.csv").open() as handle:
        codes = np.array([line.split(",")[0] for line in handle.readlines()[1:]])
    weight = 1 / np.sqrt(1 + np.arange(len(numbers)))
    size = 1 / (1 + np.arange(len(codes))) ** 0.3
    found = np.empty(0, dtype=np.int64)
    n, k = len(numbers), len(codes)
    while len(found) < rows:
        count = int(1.3 * rows)
        drawn = rng.choice(n, count, p=weight / weight.sum()).astype(np.int64)
        drawn = (drawn * n + rng.choice(n, count, p=weight / weight.sum())) * k
        drawn += rng.choice(k, count, p=size / size.sum())
        drawn = drawn[drawn // k // n != drawn // k % n]
        found = np.unique(np.concatenate([found, drawn]))
    found = np.sort(rng.choice(found, rows, replace=False))
    value = np.round(np.exp(rng.normal(3.0, 2.5, rows)) + 0.001, 3)
    quantity = np.char.mod("%.3f", value / np.exp(rng.normal(1.5, 1.0, rows))).astype("U16")
    quantity[rng.random(rows) < 0.02] = "          NA"
    table = pa.table(
        {
            "t": pa.array(np.full(rows, year)),
            "i": numbers[found // k // n],
            "j": numbers[found // k % n],
            "k": codes[found % k],
            "v": value,
            "q": pa.array(quantity),
        }
    )
    path = folder / f"BACI_HS92_Y{year}_V{RELEASE}.csv"
    with path.open("wb") as handle:
        handle.write(b"t,i,j,k,v,q\n")  # the writer would put quotes around the names
        pc.write_csv(table, handle, pc.WriteOptions(include_header=False, quoting_style="none"))
    return path
