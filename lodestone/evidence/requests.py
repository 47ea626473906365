"""What is asked of the chain: each holds all that is needed to run the same question again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """All that is needed to run a brief again."""

    economy: str
    scenario: str
    material: str = ""  # one of the scenario's; its first if none is named
    as_of: str = ""
    members: int = 1000
    seed: int = 1
    rules: tuple[str, ...] = ("pro_rata", "home_first")
    sectors: tuple[str, ...] = ()
    cover_members: int = 64
    threads: int = 2
    inventory: str = ""
    demand: str = ""


@dataclass(frozen=True)
class SimulationRequest:
    """All that is needed to run a simulation again.

    ``first`` are the destinations served first under the political rule; ``compare`` a customs line whose
    months are put beside the simulated ones, with the scenario ``beside``; ``weeks`` replaces the horizon.
    """

    scenario: str
    material: str = ""  # one of the scenario's; its first if none is named
    economies: tuple[str, ...] = ()
    as_of: str = ""
    members: int = 500
    seed: int = 1
    rules: tuple[str, ...] = ("pro_rata", "home_first")
    first: tuple[str, ...] = ()
    weeks: int = 0
    cover_members: int = 50
    threads: int = 2
    inventory: str = ""
    demand: str = ""
    compare: str = ""
    beside: str = ""
    all_draws: bool = False


@dataclass(frozen=True)
class ImpactRequest:
    """All that is needed to follow a loss again; ``table`` and the three after it are a user's own table."""

    scenario: str
    economy: str
    material: str = ""
    as_of: str = ""
    members: int = 500
    draws: int = 128
    seed: int = 1
    weeks: int = 0
    rules: tuple[str, ...] = ("pro_rata", "home_first")
    threads: int = 2
    table: str = ""
    layout: str = ""
    table_year: int = 0
    concordance: str = ""
    inventory: str = ""
    demand: str = ""


@dataclass(frozen=True)
class SensitivityRequest:
    """All that is needed to share out the variance of headlines again."""

    scenario: str
    economy: str
    headlines: tuple[str, ...] = ("value.total", "weeks.first")
    material: str = ""
    as_of: str = ""
    samples: int = 256
    rule: str = "pro_rata"
    seed: int = 1
    weeks: int = 0
    threads: int = 2
    inventory: str = ""
    demand: str = ""


@dataclass(frozen=True)
class BacktestRequest:
    """All that is needed to score a case again; ``observations`` are files, ``lines`` customs lines (all if none)."""

    scenario: str
    as_of: str
    mode: str = ""  # forecast, hindcast; whichever the scenario is if not given
    material: str = ""
    observations: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    relative: bool = False
    mutate: bool = False
    members: int = 300
    seed: int = 1
    rule: str = "pro_rata"
    threads: int = 2


@dataclass(frozen=True)
class PlanRequest:
    """All that is needed to work a plan out again.

    ``probability`` of a curb a year (0: the assumption's); ``budget`` in million USD of 2024 a year, ``ceiling`` a share from
    one economy from ``ceiling_by`` on at the stages of ``ceiling_forms`` (none: no such rule); ``levers`` a file of
    the user's; ``first``: sectors served before all others; ``risk_weight`` of the CVaR at ``risk_level`` beside the mean;
    ``ambiguity``: share of probability that may
    lie on other scenarios (best against the worst); ``time_limit`` in seconds for each solve.
    Asked beside the plan: ``worth`` of its tree; ``frontier``, so many points (0: none); ``one_more`` tonne or week of each
    product; ``break_even`` of each lever and reserve; ``ends``: each number at its low and high end; ``tested`` on so many
    other curbs (0: none); ``floors``: price floors of levers the plan leaves alone too; ``answering``: a curb whose probability
    answers to the plan, and a leader who knows it; ``rests_on``: what cost and benefit rest on; ``research``: what each programme
    of research would be worth.
    """

    scenario: str
    economy: str
    material: str = ""
    as_of: str = ""
    members: int = 200
    seed: int = 1
    rules: tuple[str, ...] = ("pro_rata",)
    threads: int = 2
    probability: float = 0.0
    risk_weight: float = 0.0
    risk_level: float = 0.9
    ambiguity: float = 0.0
    budget: float | None = None
    ceiling: float | None = None
    ceiling_by: str = ""
    ceiling_forms: tuple[str, ...] = ("oxide", "metal", "magnet")
    standard: bool = False
    kept_open: float = 0.0
    allotted: bool = False
    first: tuple[str, ...] = ()
    levers: str = ""
    time_limit: float = 600.0
    inventory: str = ""
    demand: str = ""
    worth: bool = False
    frontier: int = 0
    one_more: bool = False
    break_even: bool = False
    ends: bool = False
    tested: int = 0
    floors: bool = False
    answering: bool = False
    rests_on: bool = False
    research: bool = False


@dataclass(frozen=True)
class UnityRequest:
    """All that is needed to work out again what acting together is worth.

    ``economies`` that may act together. ``members``: draws of each simulation of the curb; ``replicates``: simulations with
    seeds from ``seed`` on, each with values of its own, from whose spread standard errors follow. ``probability`` of a curb a
    year (0: the assumption's); ``levers`` a file of the user's; ``research``: whether programmes of research are weighed too.
    """

    scenario: str
    economies: tuple[str, ...]
    material: str = ""
    as_of: str = ""
    members: int = 100
    seed: int = 1
    replicates: int = 5
    rules: tuple[str, ...] = ("pro_rata",)
    threads: int = 2
    probability: float = 0.0
    levers: str = ""
    research: bool = True
    inventory: str = ""
    demand: str = ""
    risk_weight: float = 0.0
    risk_level: float = 0.9
    ambiguity: float = 0.0
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class TogetherRequest:
    """All that is needed to ask again what acting together is worth.

    ``members``: economies or groups. ``draws`` of the curb and of each member's plan; ``products``: how many the scramble is played
    for; ``plans``: whether each member's own plan is made, for leverage with it; ``counter``: the scenario that holds members' own measures
    ("": none); ``sections``: which are asked for; ``reserve``: the file of a shared reserve's rule; ``replicates``: simulations from which
    values get errors; ``time_limit`` in seconds for each solve.
    """

    scenario: str
    members: tuple[str, ...]
    material: str = ""
    as_of: str = ""
    draws: int = 100
    seed: int = 1
    rule: str = "pro_rata"
    threads: int = 2
    products: int = 6
    plans: bool = True
    counter: str = "counter-measures"
    sections: tuple[str, ...] = ("scramble", "leverage")
    reserve: str = ""
    replicates: int = 3
    time_limit: float = 600.0
    inventory: str = ""
    demand: str = ""
