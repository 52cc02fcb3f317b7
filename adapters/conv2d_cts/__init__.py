"""conv2d_cts: the suite from Python: a function is checked where it stands, in a notebook, a test or a harness.

    import conv2d_cts

    report = conv2d_cts.check(my_conv2d, dtypes=["float32"], padding_modes=["zeros"], tier="quick")
    assert report.conforms, report
    print(conv2d_cts.ask(my_conv2d, "explain", report.failures[0]["case"]))

The function is called as a subject of conv2d_subject.py is: function(p, input, weight, bias) -> output.
Calls are made in copies of this process (os.fork), so that a crash or a hang is a verdict. fork=False
calls in this process itself, for what does not survive a fork: CUDA, once it is in use, and JAX.
"""

import json
import os
import shutil
import subprocess
import sys

from conv2d_subject import CAPABILITIES, Invalid, Subject, Unsupported

from .server import Server

__all__ = ["check", "ask", "Report", "Invalid", "Unsupported", "UsageError"]

FUNCTIONS = ("backward", "output_shape", "init_parameters")
OPTIONS = ("tier", "network", "filter", "fresh", "shard", "jobs", "time_limit", "load_limit", "memory_limit", "isolation",
           "subject_threads", "log", "xfail", "max_failures", "paranoid", "strict")
OTHERS = ("name", "version", "claims", "files", "program", "fork")


class UsageError(Exception):
    """The program refuses the selection, or cannot be found; its words."""


class Report:
    """What a run found: conforms, cases, passed, failed, skipped, seconds, verdicts {word: n}, clauses {id: {passed: n ...}},
    failures [{label, case, verdict, says ...}] and causes [{words, failed, run, plainest}], as `run --json` has them."""

    def __init__(self, values):
        self.__dict__.update(values)

    def __bool__(self):
        return self.conforms

    def __str__(self):
        lines = [self.sentence]
        lines += [f"  {c['failed']} of the {c['run']} cases in which {c['words']}, the plainest: {c['plainest']}" for c in self.causes]
        lines += [f"  {f['label']}: {f['verdict']}: {f.get('says', '')}" for f in self.failures[:10]]
        return "\n".join(lines)

    __repr__ = __str__


def program(given):
    """The program: given, in CONV2D_CTS, on the PATH, or built in the checkout that this was installed from."""
    here = os.path.dirname(os.path.abspath(__file__))
    checkouts = [os.path.dirname(os.path.dirname(here))]
    try:
        from ._checkout import CHECKOUT
        checkouts.append(CHECKOUT)
    except ImportError:
        pass
    for path in (given, os.environ.get("CONV2D_CTS"), shutil.which("conv2d-cts"),
                 *(c + "/build/conv2d-cts" for c in checkouts)):
        if path and os.access(path, os.X_OK):
            return path
        if path and path == given:
            break
    raise UsageError(f"there is no program {given or 'conv2d-cts'}: `make` in the checkout builds it; "
                     "program=, CONV2D_CTS or the PATH names it")


def _subject(function, selection):
    functions = {"forward": function, **{key: selection[key] for key in FUNCTIONS if selection.get(key)}}
    capabilities = {key: selection[key] for key in CAPABILITIES if key in selection}
    if "directions" not in capabilities:
        offered = {"forward": "forward", "backward": "backward", "init_parameters": "init"}
        capabilities["directions"] = [word for key, word in offered.items() if key in functions]
    subject = Subject(name=selection.get("name", getattr(function, "__name__", "function")),
                      version=selection.get("version", "0"), claims=selection.get("claims", ()), **capabilities)
    subject.functions.update(functions)
    return subject


def _arguments(selection):
    words = []
    for key in OPTIONS:
        value = selection.get(key)
        if value is True:
            words.append("--" + key.replace("_", "-"))
        elif value is not None and value is not False:
            words.append(f"--{key.replace('_', '-')}={value}")
    return [*words, *selection.get("files", [])]


def _call(command):
    """What the command prints on standard output and error, and its status."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = process.communicate()
    except BaseException:  # Ctrl-C in a notebook
        process.terminate()
        process.wait()
        raise
    return out, err.strip() or f"conv2d-cts ends with status {process.returncode}", process.returncode


def _check_arguments(function, selection):
    known = (*FUNCTIONS, *CAPABILITIES, *OPTIONS, *OTHERS)
    for key in selection:
        if key not in known:
            raise TypeError(f"there is no argument {key!r}, there are {', '.join(known)}")
    if not callable(function):
        raise TypeError("a function of (p, input, weight, bias) is expected")


def check(function, **selection):
    """Checks function(p, input, weight, bias) -> output; returns a Report, which is true if it conforms.

    Of the function: name, version, claims, dtypes, layouts, padding_modes, directions, backward, output_shape,
    init_parameters, as in conv2d_subject.py. Of the run: what `conv2d-cts run --help` lists, with '_' for '-', and
    files=[...]; without either the tier is quick. program: the path of conv2d-cts. fork=False: see above."""
    _check_arguments(function, selection)
    fork = selection.get("fork", True)
    if not fork:
        selection = {"jobs": 1, **selection}
    with Server(_subject(function, selection), fork) as server:
        out, err, _ = _call([program(selection.get("program")), "run", "--json", "--impl-cmd", server.command, *_arguments(selection)])
    if not out.startswith("{"):
        raise UsageError(err)
    report = Report(json.loads(out))
    for failure in report.failures:
        failure.pop("repro", None)  # its command names this process's server, which is gone: ask() is for that
    return report


def ask(function, command, case, **selection):
    """What `conv2d-cts explain`, `repro` or `shrink` says of the function and a case, an id or FILE.yaml#NAME."""
    _check_arguments(function, selection)
    if command not in ("explain", "repro", "shrink"):
        raise TypeError(f"ask: one of explain, repro, shrink is expected, got {command!r}")
    with Server(_subject(function, selection), selection.get("fork", True)) as server:
        out, err, status = _call([program(selection.get("program")), command, "--impl-cmd", server.command, *_arguments(selection), case])
    if status > 1:
        raise UsageError(err)
    return out
