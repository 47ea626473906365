"""What a 60 % ceiling by 2030 costs each member of a group: ``python docs/ceiling_page.py``."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path

import pandas as pd

from lodestone.chain import prepare
from lodestone.errors import LodestoneError
from lodestone.evidence.ceiling_cost import LEAST, ceiling_cost
from lodestone.evidence.find_plan import DAYS_A_YEAR
from lodestone.evidence.months import only_issuer
from lodestone.evidence.plan_case import find_case
from lodestone.evidence.requests import PlanRequest
from lodestone.respond.levers import read_levers

FOLDER = Path(__file__).parent / "reference" / "ceiling"
SCENARIO, GROUP, CEILING, BY = "october-2025-resumed", "G7", 0.6, dt.date(2030, 1, 1)
FORMS = ("oxide", "metal", "alloy", "magnet", "component")


def main() -> None:
    """Write ``docs/reference/ceiling/members.csv`` and ``stages.csv``."""
    FOLDER.mkdir(exist_ok=True)
    first = PlanRequest(SCENARIO, "", members=100)
    setting = prepare(first)
    issuer = only_issuer(setting.scenario)
    groups = pd.read_csv(setting.folder / "labels" / "groups.csv", dtype=str, keep_default_na=False)
    members = groups.loc[(groups["group"] == GROUP) & (groups["to"] == ""), "member"].tolist()
    years = (BY - setting.scenario.start).days / DAYS_A_YEAR
    levers = read_levers(setting.folder, setting.network.material)
    rows, stages = [], []
    for member in members:
        request = PlanRequest(SCENARIO, member, members=100)
        try:
            case = find_case(setting, member, issuer, levers, request, lambda *_: nullcontext())
        except LodestoneError as error:
            rows.append((member, None, "", str(error), ""))
            continue
        forms = pd.Index(FORMS)
        told = ceiling_cost(case, CEILING, years, FORMS)
        missed, above = told.stages["over"] > LEAST, told.stages["base"] > CEILING
        rows.append(
            (
                member,
                round(told.cost, 1),
                "yes" if told.met else "no",
                *("; ".join(forms[on]) for on in (missed, above)),
            )
        )
        stages += [(member, form, *(round(float(v), 3) for v in row)) for form, row in told.stages.iterrows()]
        print(member, rows[-1], told.stages.round(3).to_string(), sep="\n", flush=True)
    pd.DataFrame(
        rows, columns=["economy", "cost_million_usd", "can_be_met", "missed_at", "above_it_in_the_base_year"]
    ).to_csv(FOLDER / "members.csv", index=False)
    columns = ["economy", "stage", "base", "with_ceiling", "over_t_a_year"]
    pd.DataFrame(stages, columns=columns).to_csv(FOLDER / "stages.csv", index=False)


if __name__ == "__main__":
    main()
