#!/bin/sh
# emulated.sh SCRIPT [OPTION ...]: a subject in Python on an AArch64 processor that QEMU emulates. It multiplies matrices of
# bfloat16, which few processors of other kinds can, and libraries compute float32 so where they are allowed to.
at=$(dirname "$0")/../installed/aarch64
PYTHONPATH=$at/site exec qemu-aarch64 -cpu max,pauth-impdef=on,sve=off -L "$at/root" "$at/root/usr/bin/python3.11" "$@"
