"""A failure of tb-diagnose is logged once and ends the measuring; the training never sees it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

_log = logging.getLogger("tb_diagnose")
F = TypeVar("F", bound=Callable[..., Any])


class CallbackRaised(Exception):
    """What the user's own ``on_finding`` raised: it is meant for the training."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def detach_on_failure(method: F) -> F:
    """The same method of a ``Guarded``, which does nothing once one of them has failed."""

    @wraps(method)
    def safely(self: Any, *arguments: Any, **named: Any) -> Any:
        if self.broken:
            return None
        try:
            return method(self, *arguments, **named)
        except CallbackRaised as meant:
            raise meant.error from None
        except Exception:  # noqa: BLE001 - the training must not notice
            self.broken = True
            _log.warning("tb-diagnose failed and stops measuring", exc_info=True)
            try:
                self.detach()
            except Exception:  # noqa: BLE001 - the same
                _log.warning("tb-diagnose could not clean up after itself", exc_info=True)
            return None

    return cast("F", safely)
