"""Notes in the installed package where the checkout is, whose build/ has the program (pyproject.toml)."""

import os

from setuptools import setup
from setuptools.command.build_py import build_py


class build_and_note(build_py):
    def run(self):
        super().run()
        with open(os.path.join(self.build_lib, "conv2d_cts", "_checkout.py"), "w") as f:
            f.write(f"CHECKOUT = {os.path.dirname(os.path.abspath(__file__))!r}\n")


with open("runner/api/api.h") as header:
    version = header.read().split('#define SUITE_VERSION "')[1].split('"')[0]
setup(version=version, cmdclass={"build_py": build_and_note})
