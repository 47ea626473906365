"""Every draw of every weekly series, a few members at a time into one Parquet file: little is kept in memory."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lodestone.executor import map_blocks
from lodestone.simulate.ensemble import Setting, run_one

AT_ONCE = 8  # members between two writes
SCHEMA = pa.schema(
    [
        ("rule", pa.dictionary(pa.int8(), pa.string())),
        ("member", pa.int32()),
        ("series", pa.dictionary(pa.int32(), pa.string())),
        ("week", pa.int16()),
        ("value", pa.float32()),
    ]
)


def write_draws(
    settings: dict[str, Setting], members: int, path: Path, threads: int | None = None, tick: Any = None
) -> None:
    """Run each member again and append its record: one row group a member and rule.

    Parameters
    ----------
    settings : mapping of Setting by rule
        As `lodestone.simulate.ensemble.build_setting` gives them; a member has the same luck as in the
        ensemble with the same seed.
    members, threads : int
    path : Path
        Columns rule, member, series, week, value; float32 as the ensemble keeps them.
    tick : callable, optional
        Called as ``tick(done, total)``.
    """
    with closing(pq.ParquetWriter(path, SCHEMA, compression="zstd")) as writer:
        for turn, (rule, setting) in enumerate(settings.items()):
            names = pa.array(setting.series["series"].tolist())
            series, weeks = len(names), setting.timing.weeks
            which = pa.array(np.repeat(np.arange(series, dtype=np.int32), weeks))
            week = pa.array(np.tile(np.arange(weeks, dtype=np.int16), series))
            one_rule = pa.DictionaryArray.from_arrays(pa.array(np.zeros(series * weeks, np.int8)), pa.array([rule]))
            labels = pa.DictionaryArray.from_arrays(which, names)
            for begin in range(0, members, AT_ONCE):
                block = range(begin, min(begin + AT_ONCE, members))
                for member, record in map_blocks(partial(_record, setting), block, threads).items():
                    number = pa.array(np.full(series * weeks, member, np.int32))
                    columns = [one_rule, number, labels, week, pa.array(record)]
                    writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))
                if tick is not None:
                    tick(turn * members + block.stop, len(settings) * members)


def _record(setting: Setting, member: int) -> np.ndarray:
    run, _ = run_one(setting, member)
    return np.ascontiguousarray(run.record, dtype=np.float32).reshape(-1)
