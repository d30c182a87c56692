#!/bin/sh
# install.sh SOURCE TARGET: installs Breachline from SOURCE into a virtual environment at TARGET.
# The Dockerfile and its test both run this.
set -eu
source=$1
target=$2
"${PYTHON:-python3}" -m venv "$target"
"$target/bin/pip" install --quiet --disable-pip-version-check --no-compile "$source"
"$target/bin/breachline" check
"$target/bin/pip" uninstall --quiet --yes setuptools pip
