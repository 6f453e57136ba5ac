"""Runs a program on a terminal of its own and presses keys when it asks.

Arguments: a JSON list of [what to wait for, the keys to press], and the program with its arguments. Prints JSON: the
transcript, the program's status (130 for one that SIGINT has ended, as shells have it), and whether the terminal is as it
was before.
"""
import json
import os
import pty
import select
import sys
import termios
import time

answers = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])

before = termios.tcgetattr(terminal)
seen = b''
searched = 0
deadline = time.time() + 60
while time.time() < deadline:
    ready, _, _ = select.select([terminal], [], [], 1)
    if ready:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    if answers:
        words = answers[0][0].encode()
        at = seen.find(words, searched)
        if at >= 0:
            searched = at + len(words)
            # A program turns the echo off just after it has asked.
            time.sleep(0.3)
            os.write(terminal, answers.pop(0)[1].encode())
after = termios.tcgetattr(terminal)
_, status = os.waitpid(child, 0)
code = os.waitstatus_to_exitcode(status)
print(json.dumps({
    'said': seen.decode(errors='replace'),
    'status': code if code >= 0 else 128 - code,
    'inOrder': before[:4] == after[:4],
}))
