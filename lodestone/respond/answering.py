"""A curb that answers to the plan: its probability falls or rises with what the plan removes, or its maker knows the plan.

Two sensitivities, each told by itself and blended into nothing. In the first the yearly probability moves in proportion to the share
of the loss that a plan removes, and the plan is made again until both agree. In the second the side that curbs has
the plan before it and picks the onset and the depth that hurt most.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lodestone.errors import SolverError
from lodestone.respond.break_even import costs_at
from lodestone.respond.held import Held, resolve, set_costs
from lodestone.respond.outlook import Curb, Outlook, build_outlook, in_calm
from lodestone.respond.plan import Plan, loss_if_it_comes, spending
from lodestone.respond.solve import Solved
from lodestone.respond.tree import leaves

DETERRED, PROVOKED = "deterred", "provoked"
NEAR = 0.005  # of the probability asked for: how near to each other two must be to count as one
MOST = 12  # solves in search of one fixed point
LEAST, LARGEST = 1e-4, 0.99  # yearly probabilities a tree can have


@dataclass(frozen=True)
class FixedPoint:
    """A plan and a probability that agree. ``sense``: `DETERRED` or `PROVOKED`; ``answer``: share by which the probability would
    move if all of the loss were removed; ``yearly``: the probability; ``brings``: what the plan made for it brings about, apart
    from it where the plan jumps there from one to another. ``removed``: share of the loss, if a curb comes, that the
    plan removes. ``cost``, ``loss``: expected and discounted; ``loss_if_it_comes``: not discounted [million USD of 2024]."""

    sense: str
    answer: float
    yearly: float
    brings: float
    removed: float
    cost: float
    loss: float
    loss_if_it_comes: float


@dataclass(frozen=True)
class Strike:
    """A curb by its onset [years from now] and depth, and the mean loss over how long it may last, not discounted and within the
    horizon [million USD of 2024]."""

    years: float
    level: str
    loss: float


@dataclass(frozen=True)
class Leader:
    """What a side that knows the plan does with it. ``worst``: the strike that hurts most; ``expected``: mean loss over the onsets
    and depths of the tree. ``worst_of_nothing``, ``expected_of_nothing``: the same where nothing was done."""

    worst: Strike
    expected: float
    worst_of_nothing: Strike
    expected_of_nothing: float


def answered_probability(yearly: float, answer: float, removed: float) -> float:
    """The yearly probability of a curb that answers to a plan, kept within what a tree can have.

    Parameters
    ----------
    yearly : float
        Where nothing is removed.
    answer : float
        Share by which it moves if all is removed: below zero deterred, above provoked.
    removed : float
        Share of the loss that the plan removes.

    Returns
    -------
    float

    Examples
    --------
    >>> round(answered_probability(0.1, -0.5, 0.8), 3), round(answered_probability(0.1, 0.5, 0.8), 3)
    (0.06, 0.14)
    """
    return float(np.clip(yearly * (1.0 + answer * removed), LEAST, LARGEST))


def removed_share(plan: Plan, nothing: Plan) -> float:
    """Share of the loss, if a curb comes, that a plan removes; both weighed by the probabilities of the plan's tree."""
    comes = [one for one in plan.loss_in_curb.index if not in_calm(one)]
    weight = plan.chance[comes]
    idle = float((nothing.loss_in_curb[comes] * weight).sum())
    return 1.0 - float((plan.loss_in_curb[comes] * weight).sum()) / idle if idle > 0.0 else 0.0


def answering(
    held: Held,
    outlook: Outlook,
    curb: Curb,
    told: Callable[[Solved, Outlook], Plan],
    nothing: Plan,
    answers: Sequence[float],
    outlook_of: Callable[[Curb], Outlook] = build_outlook,
    time_limit: float | None = None,
    tick: Callable[[int, int], None] | None = None,
) -> tuple[FixedPoint, ...]:
    """Plans for a curb whose probability answers to them, in either sense, at each size of the answer.

    Whoever plans takes the probability as it is and does not reckon with moving it. Where a curb is deterred, more probability
    means more of a plan and so less probability: one fixed point lies between any probability and what it brings about, and
    halving finds it. Where it is provoked both rise together, and the smallest fixed point is found from below.

    Parameters
    ----------
    held : Held
        A programme of `lodestone.respond.programme.programme` on the outlook; its costs are as they were on return.
    outlook : Outlook
    curb : Curb
        Of the outlook.
    told : function of (Solved, Outlook) to Plan
    nothing : Plan
        What is lost with nothing done, by scenario.
    answers : sequence of float
        Shares by which the probability moves if all of the loss is removed. [0 to 1]
    outlook_of : function of Curb to Outlook
        As the outlook was made.
    time_limit : float or None
        Seconds for each solve.
    tick : function of (done, total), optional

    Returns
    -------
    tuple of FixedPoint
        Each size deterred, then provoked.

    Raises
    ------
    SolverError
        If the solver ends without a plan.
    """
    base = np.array(held.highs.getLp().col_cost_)
    known: dict[float, Plan] = {}

    def planned(yearly: float) -> Plan:
        if yearly not in known:
            other = outlook_of(dataclasses.replace(curb, yearly=yearly))
            set_costs(held, costs_at(held, base, outlook.tree, other.tree))
            solved = resolve(held, time_limit)
            if solved is None:
                raise SolverError("the plan was found at one probability and not at another. Give it more time.")
            known[yearly] = told(solved, other)
        return known[yearly]

    found = []
    total = 2 * len(answers)
    for answer in answers:
        for sense, signed in ((DETERRED, -answer), (PROVOKED, answer)):

            def brings(yearly: float, signed: float = signed) -> float:
                return answered_probability(curb.yearly, signed, removed_share(planned(yearly), nothing))

            yearly = _settled(brings, curb.yearly, falling=signed < 0.0)
            plan = planned(yearly)
            found.append(
                FixedPoint(
                    sense, answer, yearly, brings(yearly), removed_share(plan, nothing), spending(plan),
                    float(plan.costs["loss of value added"]), loss_if_it_comes(plan),
                )
            )  # fmt: skip
            if tick is not None:
                tick(len(found), total)
    set_costs(held, base)
    return tuple(found)


def leader(plan: Plan, nothing: Plan, outlook: Outlook) -> Leader:
    """What is lost if the side that curbs knows the plan and picks the onset and the depth that hurt most.

    The plan is the one given: what it does after the onset answers to what it sees, what it did before cannot. The length
    stays as the tree has it. What a curb costs those who impose it is not weighed, so it says how bad it can be, not what
    they would want. Onsets in stages of a year have curbs of a year at least, which count for more than they are.

    Parameters
    ----------
    plan, nothing : Plan
    outlook : Outlook
        Of both.

    Returns
    -------
    Leader
    """
    worst, idle = (max(strikes(one, outlook), key=lambda strike: strike.loss) for one in (plan, nothing))
    return Leader(worst, loss_if_it_comes(plan), idle, loss_if_it_comes(nothing))


def strikes(plan: Plan, outlook: Outlook) -> tuple[Strike, ...]:
    """The mean loss of each onset and depth of a tree under a plan.

    Parameters
    ----------
    plan : Plan
    outlook : Outlook
        Of the plan.

    Returns
    -------
    tuple of Strike
        By onset, then depth, as the tree has them.
    """
    lost: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for end in leaves(outlook.tree):
        if not in_calm(end):
            lost.setdefault(_begun(end), []).append((float(plan.chance[end]), float(plan.loss_in_curb[end])))
    begins = outlook.data["begins"]
    found = []
    for (stage, level), ways in sorted(lost.items(), key=lambda one: one[0][0]):
        chance, loss = np.array(ways).T
        found.append(Strike(float(begins.sel(node=str(stage))), level, float(chance @ loss / chance.sum())))
    return tuple(found)


def _begun(label: str) -> tuple[int, str]:
    """Stage of the onset and depth of a node with a curb behind it, by its label.

    >>> _begun("11:4:deep>9"), _begun("11:deep")
    ((4, 'deep'), (11, 'deep'))
    """
    stage, *rest = label.partition(">")[0].split(":")
    return int(rest[0] if len(rest) > 1 else stage), rest[-1]


def _settled(brings: Callable[[float], float], start: float, falling: bool) -> float:
    """The probability that brings about itself: halved between two where the one falls with the other, else from below."""
    near = NEAR * start
    if not falling:
        yearly = start
        for _ in range(MOST):
            following = brings(yearly)
            if following - yearly <= near:
                break
            yearly = following
        return yearly
    low, high = sorted((start, brings(start)))
    while high - low > near:
        yearly = (low + high) / 2.0
        brought = brings(yearly)
        low, high = max(low, min(yearly, brought)), min(high, max(yearly, brought))
    return (low + high) / 2.0
