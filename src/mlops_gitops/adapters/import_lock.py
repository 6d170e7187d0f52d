"""One big library is imported at a time.

Python lets two threads see each other's half-imported modules rather than deadlock, and libraries with circular
imports then fail.  Adapters that import in the background hold this lock meanwhile.
"""

from __future__ import annotations

import threading

IMPORTING = threading.RLock()
