"""stub_cuda.py FOLDER: stands in for the CUDA libraries that PyTorch's wheel is linked with.

The wheel for x86-64 computes on a processor, too, but does not load without several GB of libraries that this
suite has no use for. So each that is missing is made here, as a shared object whose functions say that there is
no device (cudaErrorNoDevice). FOLDER is the wheel's torch/lib. What the processor computes is untouched.
"""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

NO_DEVICE = 100


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def missing_libraries(objects):
    """The names of libraries that the objects need, and the loader does not find."""
    return {name for o in objects for name in re.findall(r"(\S+) => not found", output_of("ldd", str(o)))}


def homes_of_versions(o):
    """{version of a symbol: the library that has it}"""
    homes, library = {}, None
    for line in output_of("objdump", "-p", str(o)).splitlines():
        start = re.match(r"\s+required from (\S+):", line)
        entry = re.match(r"\s+0x\w+ 0x\w+ \d+ (\S+)$", line)
        library = start.group(1) if start else library if entry else None
        if entry and library:
            homes[entry.group(1)] = library
    return homes


def wanted_symbols(objects, missing):
    """{library: {(function, its version or None)}}; one without a version is sought in all, and put into libcufile."""
    wanted = defaultdict(set)
    for o in objects:
        homes = homes_of_versions(o)
        for line in output_of("objdump", "-T", str(o)).splitlines():
            found = re.search(r"\*UND\*\s+\S+\s+(?:\((\S+)\)\s+|Base\s+)?(\S+)$", line)
            version, name = found.groups() if found else (None, "")
            if homes.get(version) in missing:
                wanted[homes[version]].add((name, version))
            elif name and version is None and re.match(r"(cu[A-Z]|cupti|cudnn|cusparse|nccl|nvshmem|nvrtc|__nv)", name):
                wanted["libcufile.so.0"].add((name, None))
    return wanted


def code_of(name):
    if "String" in name or "Name" in name:
        return f'const char *{name} (void) {{ return ""; }}'
    return f"long {name} (void) {{ return {NO_DEVICE}; }}"


def script_of(symbols):
    """The linker's script that gives each symbol its version."""
    versions = defaultdict(list)
    for name, version in symbols:
        versions[version].append(name)
    return "\n".join(f"{v} {{ global: {' '.join(n + ';' for n in names)} }};" for v, names in versions.items() if v)


def make(folder, library, symbols):
    with tempfile.TemporaryDirectory() as scratch:
        source, script = Path(scratch, "stub.c"), Path(scratch, "stub.map")
        source.write_text("\n".join(sorted(code_of(name) for name, _ in symbols)) + "\n")
        script.write_text(script_of(symbols))
        options = [f"-Wl,--version-script={script}"] if script.read_text() else []
        subprocess.run(["gcc", "-w", "-O1", "-fno-builtin", "-shared", "-fPIC", f"-Wl,-soname,{library}", *options,
                        str(source), "-o", str(Path(folder, library))], check=True)


def main(folder):
    objects = sorted(o for o in Path(folder).glob("lib*.so"))
    missing = missing_libraries(objects)
    wanted = wanted_symbols(objects, missing)
    for library in sorted(missing):
        make(folder, library, wanted[library])
    print(f"{folder}: {len(missing)} libraries stand in for CUDA's")


if __name__ == "__main__":
    main(sys.argv[1])
