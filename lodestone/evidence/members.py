"""Who may act together: labels and groups of a request as economies of the network, all faults together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lodestone.errors import FactError, Fault, Faults, LabelError
from lodestone.evidence.find_values import refuse_unvalued
from lodestone.evidence.setting import Setting
from lodestone.labels import check_labels, expand, group_members, load_groups, load_labels, refuse_overlap

MOST = 12  # members of one question
WHERE = "--members"


def chosen_members(setting: Setting, asked: Sequence[str], issuer: str) -> tuple[str, ...]:
    """The economies that a list of labels and groups stands for.

    A group stands for its members of the scenario's first day; those that the network has only as part of a larger one stand for that,
    where it holds members alone.

    Parameters
    ----------
    setting : Setting
    asked : sequence of str
        Labels of economies, or groups of ``groups.csv``.
    issuer : str

    Returns
    -------
    tuple of str
        In the order asked for.

    Raises
    ------
    Faults
        Of all labels together: one that is not known, that has no use or no value added in the network, that is the issuer, or two
        that overlap.
    """
    labels = setting.folder / "labels"
    economies, groups = load_labels(labels, "economies"), load_groups(labels)
    nodes = setting.network.nodes
    known = set(nodes.loc[nodes["kind"] == "use", "economy"])
    faults: list[str] = []
    members: list[str] = []
    for one in asked:
        if one in set(groups["group"]):
            members += _standing_for(list(group_members(one, setting.scenario.start, groups)), known, economies)
        else:
            members.append(one)
    for check in (
        lambda: check_labels(list(dict.fromkeys(members)), [*economies.index, *groups["group"].unique()], "economy"),
        lambda: refuse_overlap(members, economies),
    ):
        try:
            check()
        except LabelError as error:
            faults += str(error).splitlines()
    for one in dict.fromkeys(members):
        if one == issuer:
            faults.append(f"{one} is who curbs. Leave it out.")
        elif one in economies.index and one not in known:
            inside = [outer for outer in known if one in expand(outer, economies) and outer != one]
            faults.append(
                f"'{one}' has no use of its own in the network. "
                + (f"It is part of {inside[0]}." if inside else f"Use of: {', '.join(sorted(known - {issuer}))}.")
            )
        elif one in known:
            try:
                refuse_unvalued(setting, one)
            except FactError as error:
                faults.append(str(error))
    if not members:
        faults.append("nobody is named. Name two or more, e.g. a group of groups.csv.")
    if len(set(members)) > MOST:
        faults.append(f"{len(set(members))} members are more than {MOST}. Join some beforehand.")
    if faults:
        raise Faults([Fault(WHERE, None, None, *_halves(fault)) for fault in dict.fromkeys(faults)])
    return tuple(members)


def _standing_for(members: list[str], known: set[str], economies: pd.DataFrame) -> list[str]:
    """Members as economies of the network: each itself, or the larger one that holds it and members alone."""
    found: list[str] = []
    for one in members:
        whole = [outer for outer in sorted(known) if outer != one and one in expand(outer, economies)]
        fits = [outer for outer in whole if expand(outer, economies) <= set(members)]
        name = one if one in known or not fits else fits[0]
        if name not in found:
            found.append(name)
    return found


def _halves(text: str) -> tuple[str, str]:
    """What is wrong and the next step, of a sentence or two."""
    what, _, following = text.partition(". ")
    return what.rstrip("."), following or "Change it."
