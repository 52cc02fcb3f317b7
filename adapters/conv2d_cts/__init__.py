"""conv2d_cts: the suite from Python: a function is checked where it stands, in a notebook, a test or a harness.

    import conv2d_cts

    report = conv2d_cts.check(my_conv2d, dtypes=["float32"], padding_modes=["zeros"], tier="quick")
    assert report.conforms, report
    print(report.ask("explain", report.failures[0]["case"]))

The function is called as a subject of conv2d_subject.py is: function(p, input, weight, bias) -> output.
Calls are made in copies of this process (os.fork), so that a crash or a hang is a verdict. fork=False
calls in this process itself, for what does not survive a fork: CUDA, once it is in use, and JAX.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import weakref

from conv2d_subject import CAPABILITIES, Invalid, Subject, Unsupported

from .server import Server

__all__ = ["check", "ask", "Report", "Invalid", "Unsupported", "UsageError"]

FUNCTIONS = ("backward", "output_shape", "init_parameters")
OPTIONS = ("tier", "network", "filter", "fresh", "shard", "jobs", "time_limit", "load_limit", "memory_limit", "isolation",
           "subject_threads", "log", "xfail", "max_failures", "paranoid", "strict")
OTHERS = ("name", "version", "claims", "files", "program", "fork")
# What ask() takes over from a check: what the function is, and how it is called, not which cases were selected.
KEPT = (*FUNCTIONS, *CAPABILITIES, "name", "version", "claims", "program", "fork", "time_limit", "load_limit", "memory_limit",
        "isolation", "subject_threads", "paranoid", "strict")

REPRO = re.compile(r"^(  repro +)(.* repro --impl-cmd .*)$", re.MULTILINE)  # as the program prints the line

_kept = weakref.WeakKeyDictionary()  # function -> what its last check declared


class UsageError(Exception):
    """The program refuses the selection, or cannot be found; its words."""


class Report:
    """What a run found: conforms, cases, passed, failed, skipped, seconds, verdicts {word: n}, clauses {id: {passed: n ...}},
    failures [{label, case, verdict, says, repro ...}] and causes [{words, failed, run, plainest}], as `run --json` has them.
    There is a cause wherever there is a failure. A failure's repro is a call of ask()."""

    def __init__(self, values, function, kept):
        self.__dict__.update(values)
        self._function, self._kept = function, kept

    def ask(self, command, case, **selection):
        """ask() of the function that was checked, as it was declared then."""
        return ask(self._function, command, case, **{**self._kept, **selection})

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


def _keep(function, selection):
    kept = {key: selection[key] for key in KEPT if key in selection}
    try:
        _kept[function] = kept
    except TypeError:  # it takes no weak references: report.ask() still knows
        pass
    return kept


def _kept_of(function):
    try:
        return _kept.get(function, {})
    except TypeError:
        return {}


def _as_call(function, line):
    """The call of ask() that does what a command line does, which names the socket of a server that is gone."""
    words = shlex.split(line)
    cases = [word for word in words if word.startswith("conv2d:") or ".yaml#" in word]
    name = getattr(function, "__name__", "")
    return (f"conv2d_cts.ask({name if name.isidentifier() else 'function'}, {json.dumps(words[1])}, "
            f"{json.dumps(cases[0] if len(cases) == 1 else cases)})")


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
    report = Report(json.loads(out), function, _keep(function, selection))
    for failure in report.failures:
        if "repro" in failure:
            failure["repro"] = _as_call(function, failure["repro"])
    return report


def ask(function, command, case, **selection):
    """What `conv2d-cts explain`, `repro` or `shrink` says of the function and a case, an id or FILE.yaml#NAME; or of a list
    of cases, the last of which is wrong after the others.

    What the last check of the function declared of it (dtypes, padding_modes, backward ...) holds, unless it is given anew."""
    _check_arguments(function, selection)
    selection = {**_kept_of(function), **selection}
    cases = [case] if isinstance(case, str) else list(case)
    if command not in ("explain", "repro", "shrink"):
        raise TypeError(f"ask: one of explain, repro, shrink is expected, got {command!r}")
    with Server(_subject(function, selection), selection.get("fork", True)) as server:
        out, err, status = _call([program(selection.get("program")), command, "--impl-cmd", server.command, *_arguments(selection), *cases])
    if status > 1:
        raise UsageError(err)
    return REPRO.sub(lambda found: found[1] + _as_call(function, found[2]), out)
