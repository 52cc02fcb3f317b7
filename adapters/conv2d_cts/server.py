"""server.py: a subject of this process, for a runner that starts commands.

The command is relay.py. It hands its standard input, output and error to this process and ends as the copy of this process
ended that served them."""

import os
import select
import shlex
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading

RELAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "relay.py")


class Server:
    def __init__(self, subject, fork):
        self.subject, self.fork = subject, fork

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="conv2d-cts-")
        path = os.path.join(self.folder, "socket")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(path)
        self.socket.listen(64)
        self.command = " ".join(shlex.quote(word) for word in (sys.executable, "-I", "-S", RELAY, path))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)  # which also wakes the thread that accepts
        self.socket.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            _, fds, _, _ = socket.recv_fds(connection, 1, 3)
            if len(fds) < 3:
                return
            status = self._serve_in_copy(connection, fds) if self.fork else self._serve_here(fds)
            try:
                connection.sendall(struct.pack("i", status))
            except OSError:
                pass  # the relay has been killed

    def _serve_here(self, fds):
        with os.fdopen(fds[0], "rb") as requests, os.fdopen(fds[1], "wb") as replies:
            self.subject.answer_all(requests, replies)
        os.close(fds[2])
        return 0

    def _serve_in_copy(self, connection, fds):
        pid = os.fork()
        if pid == 0:
            self._be_copy(connection, fds)
        for fd in fds:
            os.close(fd)
        end = os.pidfd_open(pid)
        ready, _, _ = select.select([connection, end], [], [])
        if connection in ready and end not in ready:
            os.kill(pid, signal.SIGKILL)  # the runner has given the call up
        os.close(end)
        return os.waitpid(pid, 0)[1]

    def _be_copy(self, connection, fds):
        """In the copy: does not return."""
        status = 1
        try:
            for to, fd in enumerate(fds):
                os.dup2(fd, to)
            self.socket.close()
            connection.close()
            sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
            self.subject.serve()
        except SystemExit as e:
            status = e.code if isinstance(e.code, int) else 1
        finally:
            os._exit(status)
