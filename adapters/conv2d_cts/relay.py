"""relay.py SOCKET: the command that a runner starts for a subject that lives in another process (server.py)."""

import os
import resource
import signal
import socket
import struct
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
    server.connect(sys.argv[1])
    socket.send_fds(server, [b"x"], [0, 1, 2])
    ended = server.recv(4)
status = struct.unpack("i", ended)[0] if len(ended) == 4 else 1 << 8
if os.WIFSIGNALED(status):
    number = os.WTERMSIG(status)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
os._exit(os.WEXITSTATUS(status))
