"""What every test can count on, however the tests were started."""

from __future__ import annotations

import signal
import threading

# A shell's background job ignores interrupts, and so would every program that the tests start and then interrupt.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
