"""Bodies that schemathesis generates from the OpenAPI document; the only place that loads it, and it sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from conformance.contract.files import spec_folder
from conformance.model.strategies import draw


@lru_cache(maxsize=4)  # the same for the same seed, and slow
def bodies(count: int, seed: int) -> tuple[Mapping[str, Any], ...]:
    """``count`` JSON objects for the push operation, half of them proper and half broken on purpose."""
    import schemathesis  # noqa: PLC0415 - seconds to load; only a run that generates pays for it

    schema = schemathesis.openapi.from_path(spec_folder() / "openapi.yaml")
    operation = schema["/event/push/alert/standard"]["POST"]
    made: list[Mapping[str, Any]] = []
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
        strategy = operation.as_strategy(generation_mode=mode).map(lambda case: case.body)
        made += [body for body in draw(strategy, count // 2, seed) if isinstance(body, dict)]
    return tuple(made)
