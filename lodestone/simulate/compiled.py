"""How the functions of the weekly step are compiled."""

from __future__ import annotations

from typing import Any

from numba import njit
from numba.core.compiler import Compiler


class _Apart(Compiler):
    """Promises that no two arrays a function is given overlap, so that its loops over lanes need not ask.

    Without the promise each loop of sixteen lanes first compares the addresses of what it writes with all
    it reads, or goes lane by lane where that would be too many to compare.
    """

    def define_pipelines(self) -> Any:
        self.state.flags.noalias = True
        return super().define_pipelines()


compiled = njit(nogil=True, fastmath=False, error_model="numpy", pipeline_class=_Apart)
"""For a function whose arrays lie apart wherever it writes to one."""
