"""pytest --conv2d-cts MODULE:FUNCTION: the suite as tests of pytest, one for each file of cases.

The function is called as conv2d_cts.check calls it; its attribute conv2d_cts, a dict, has the other arguments of check:

    conv.conv2d_cts = {"dtypes": ["float32"], "padding_modes": ["zeros"], "backward": gradients}

One run judges the cases of all tests that are selected, before the first of them. The plugin is there where `pip install`
has put this package, or by `-p conv2d_cts.pytest_plugin`.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile

import pytest

import conv2d_cts

SHOWN = 10  # failures of a file, in words


def pytest_addoption(parser):
    group = parser.getgroup("conv2d-cts", "conformance of a convolution (conv2d-cts)")
    group.addoption("--conv2d-cts", metavar="MODULE:FUNCTION", help="the function under test")
    group.addoption("--conv2d-cts-tier", metavar="TIER", default="quick", help="quick (default), full, exhaustive or models")


def _import(target):
    module, _, name = target.partition(":")
    sys.path.insert(0, os.getcwd())
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as e:  # whatever the module raises
        raise pytest.UsageError(f"--conv2d-cts={target}: {type(e).__name__}: {e}") from e


class Run:
    """The one run of a session, which its tests share."""

    def __init__(self, function, tier):
        self.function, self.tier = function, tier
        self.selection = dict(getattr(function, "conv2d_cts", {}))
        self.failures = None  # {file: [result of the log]}
        self.passed = {}

    def files(self):
        """The files that have cases of the tier, in the suite's order."""
        command = [conv2d_cts.program(self.selection.get("program")), "list", "--json", f"--tier={self.tier}"]
        listed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        return list(dict.fromkeys(json.loads(line)["file"] for line in listed.splitlines()))

    def judge(self, files):
        """Judges the cases of these files; what failed, by file."""
        if self.failures is not None:
            return
        self.failures = {file: [] for file in files}
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log.jsonl")
            selected = " or ".join(f"file == '{file}'" for file in files)
            self.selection = {"max_failures": 0, **self.selection}
            conv2d_cts.check(self.function, **{**self.selection, "tier": self.tier, "filter": selected, "log": log})
            with open(log, encoding="utf-8") as lines:
                for line in lines:
                    self._note(json.loads(line))

    def _note(self, result):
        file, verdict = result.get("file"), result.get("verdict")
        if verdict == "pass":
            self.passed[file] = self.passed.get(file, 0) + 1
        elif file in self.failures and result.get("clause") and not result.get("xfail"):
            self.failures[file].append(result)


class NonConforming(Exception):
    pass


class FileItem(pytest.Item):
    """The cases of one file."""

    def __init__(self, *, run, file, **others):
        super().__init__(**others)
        self.run, self.file = run, file

    def runtest(self):
        self.run.judge([i.file for i in self.session.items if isinstance(i, FileItem)])
        failures = self.run.failures[self.file]
        if failures:
            raise NonConforming("\n".join(self._words(failures)))
        if not self.run.passed.get(self.file):
            pytest.skip("nothing of it is offered")

    @staticmethod
    def _words(failures):
        for f in failures[:SHOWN]:
            yield f"{f['case']}\n    {f['clause']}: {f['verdict']}: {f.get('words', '')}"
        if len(failures) > SHOWN:
            yield f"and {len(failures) - SHOWN} more"

    def repr_failure(self, excinfo, style=None):
        return str(excinfo.value) if isinstance(excinfo.value, NonConforming) else super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, f"conv2d-cts {self.file}"


def pytest_configure(config):
    target = config.getoption("--conv2d-cts")
    config.conv2d_cts_run = Run(_import(target), config.getoption("--conv2d-cts-tier")) if target else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session, config, items):
    run = config.conv2d_cts_run
    if run:
        items += [FileItem.from_parent(session, name=f"conv2d-cts/{file}", run=run, file=file) for file in run.files()]
