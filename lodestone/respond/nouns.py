"""What a plan is made of. Masses are tonnes of contained element, money is USD of 2024."""

from __future__ import annotations

from dataclasses import dataclass

from lodestone.simulate.nouns import Range

ANYONE = "*"


@dataclass(frozen=True)
class Lever:
    """One thing that can be done, by whom, how much of it, at what cost and how soon.

    ``most``: what can be taken, in ``unit`` (t contained a year, or a share or weeks of the taker's own use).
    ``capex``: million USD of 2024 per t contained a year (of a stock: per t held; of research: for the programme).
    ``premium``: USD of 2024 per kg contained above the base price. Capital is counted once: where the premium is an
    incentive price, capex is zero. Lead times count from the decision; ``ramp_months`` from first output to all of it.
    ``delivers``: share of contained mass by product; of thrift, substitution and research, what is no longer needed.
    """

    lever: str
    name: str
    kind: str
    who: tuple[str, ...]  # economies that can take it; ANYONE alone: all
    economy: str  # where it stands; blank: at home of who takes it
    processes: tuple[str, ...]  # whose capacity rises there; inputs come from the network
    delivers: dict[str, float]
    unit: str
    most: Range
    capex: Range
    premium: Range
    lead_months: Range
    ramp_months: float
    life_years: float
    public_standard: str  # whether a public standard of environment and labour binds it: yes, no, unknown
    basis_capacity: str
    basis_cost: str
    basis_lead: str
    facts: tuple[str, ...]
    exponent: Range | None  # of cost over size, where the cost is scaled from another project
    reason: str
    own: bool = False  # from a user's file
