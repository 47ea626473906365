"""Work on many parts at once, in threads here or on a cluster: the same numbers either way, and nothing finished is lost."""

from __future__ import annotations

from lodestone.executor.tasks import Way, each_task, in_parts, keep_whole, map_tasks, work
from lodestone.executor.threads import beside, map_blocks

__all__ = ["Way", "beside", "each_task", "in_parts", "keep_whole", "map_blocks", "map_tasks", "work"]
