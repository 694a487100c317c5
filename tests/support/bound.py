"""Processes that end with the one that started them, also when that is killed."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_tests = os.getpid()


def bound() -> None:
    """For ``preexec_fn``, on Linux: the kernel kills this process when the thread that started it ends."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != _tests:  # it died meanwhile
            os._exit(1)
