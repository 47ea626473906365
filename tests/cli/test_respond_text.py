"""What is told of a plan's levers as lines of text."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd

from lodestone.cli.respond_text import lever_lines


def test_each_lever_is_in_calm_or_once_a_curb_has_come_or_not_worth_its_cost() -> None:
    commitments = pd.DataFrame({"lever": ["now", "now", "later"], "in_calm": [True, False, False]})
    levers = [SimpleNamespace(lever=one, name=one.upper()) for one in ("now", "later", "never")]
    options = SimpleNamespace(levers=pd.DataFrame(index=["now", "later", "never"]))
    found = SimpleNamespace(
        answers=SimpleNamespace(break_even=()),
        levers=levers,
        plan=SimpleNamespace(commitments=commitments),
        case=SimpleNamespace(ready=SimpleNamespace(options=options)),
    )
    assert lever_lines(cast(Any, found)) == [
        "Committed to only once a curb has come: LATER",
        "Not worth their cost here: NEVER",
    ]
