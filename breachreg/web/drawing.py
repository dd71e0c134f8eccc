"""Documents are drawn one at a time in a process.

Pango and fontconfig keep what they know of fonts where two threads must not touch it at once: a web server with threads
that draws two documents together corrupts its memory, and hangs.
"""

import threading

alone = threading.Lock()
"""Held by whoever lets WeasyPrint work."""
