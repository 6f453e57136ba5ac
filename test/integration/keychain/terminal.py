"""Runs a program on a terminal of its own and types what it asks for.

Arguments: a JSON list of [what to wait for, what to type], and the program with its arguments. Prints the transcript,
and ends with the program's status.
"""
import json
import os
import pty
import select
import sys
import time

answers = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])

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
        at = seen.find(answers[0][0].encode(), searched)
        if at >= 0:
            searched = at + len(answers[0][0])
            # The program turns the echo off just after it has asked.
            time.sleep(0.3)
            os.write(terminal, answers.pop(0)[1].encode() + b'\r')
sys.stdout.buffer.write(seen)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
