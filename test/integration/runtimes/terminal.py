"""Runs a program on a terminal of its own; once it says that it is ready, interrupts it and answers it."""
import os
import pty
import sys
import time

child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])

seen = b''
typed = False
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    if not typed and b'ready' in seen:
        typed = True
        time.sleep(0.3)
        os.write(terminal, b'\x03')
        time.sleep(0.5)
        os.write(terminal, b'yes\r')
sys.stdout.buffer.write(seen)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
