#!/bin/sh
# emulated_root.sh FOLDER: Python for AArch64 and what it loads, of Debian's packages; PyTorch and NumPy, of aarch64.lock. Nothing
# is installed in the system. emulated.sh runs it.
set -eu
at=$1 here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$at/packages" "$at/root" "$at/site"
dpkg --print-foreign-architectures | grep -qx arm64 || { dpkg --add-architecture arm64 && apt-get update; }
(cd "$at/packages" && apt-get download -q python3.11-minimal:arm64 libpython3.11-minimal:arm64 libpython3.11-stdlib:arm64 \
  libc6:arm64 libstdc++6:arm64 libgcc-s1:arm64 libgomp1:arm64 zlib1g:arm64 libexpat1:arm64 libffi8:arm64 libssl3:arm64 \
  libbz2-1.0:arm64 liblzma5:arm64 libuuid1:arm64 libcrypt1:arm64)
for package in "$at"/packages/*.deb; do dpkg -x "$package" "$at/root"; done
rm -r "$at/packages"
# oneDNN asks the kernel for the processor's name, which QEMU does not emulate: it is that of a Neoverse V1.
for cpu in $(seq 0 255); do
  mkdir -p "$at/root/sys/devices/system/cpu/cpu$cpu/regs/identification"
  echo 0x00000000411fd400 >"$at/root/sys/devices/system/cpu/cpu$cpu/regs/identification/midr_el1"
done
python3 -m venv "$at/pip"
"$at/pip/bin/pip" install --disable-pip-version-check -q --no-deps --require-hashes --upgrade --only-binary=:all: --python-version 3.11 \
  --implementation cp --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 --platform manylinux2014_aarch64 \
  --target "$at/site" -r "$here/aarch64.lock"
rm -r "$at/pip"
