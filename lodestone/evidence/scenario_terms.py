"""What a scenario itself says of its measures, as the leaves of an explanation."""

from __future__ import annotations

from lodestone.evidence.setting import Setting
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure
from lodestone.simulate.nouns import Range


def scenario_terms(setting: Setting) -> dict[str, Figure]:
    """Every uncertain parameter of the effects on the network, by figure id.

    One that a measure takes from the table of assumptions is that assumption; one the scenario sets is a leaf of
    its own with the scenario file as its locator.
    """
    figures = {}
    for control in setting.controls.controls:
        effect = control.id.split(":window")[0]
        for name, given in control.ranges.items():
            figure = _term(setting, effect, name, given)
            figures[figure.id] = figure
    return figures


def _term(setting: Setting, effect: str, name: str, given: Range) -> Figure:
    if given.origin in setting.assumptions:
        return assumption_figure(setting.assumptions[given.origin])
    file = f"scenarios/{setting.scenario.name}.yaml"
    return Figure(
        f"assumption:{setting.scenario.name}|{effect}|{name}", "assumption",
        f"{name.replace('_', ' ')} of {effect.replace(':', ', ')}", given.central, given.low, given.high, "",
        f"set by the scenario ({given.distribution})", source="scenario file", locator=f"{file}: {effect.split(':')[0]}, {name}",
    )  # fmt: skip
