#!/bin/sh
# Pins every requirement with the hashes of all its files (needs uv). The wheels' set is resolved for Python 3.11 and
# the robot's for the 3.12 of Ubuntu 24.04; the first installs on 3.12 too. The peers' versions are those that were
# measured, and stay; Qt's wheels need a newer C library than the others.
set -eu
cd "$(dirname "$0")/.."
export UV_CUSTOM_COMPILE_COMMAND="make lock"
uv pip compile --quiet --no-emit-index-url --generate-hashes --python-version 3.11 --python-platform linux \
    tools/requirements/ros-jazzy.in tools/requirements/python.in tools/requirements/arm.in \
    --output-file requirements-wheels.txt "$@"
uv pip compile --quiet --no-emit-index-url --generate-hashes --python-version 3.12 --python-platform linux \
    tools/requirements/robot.in --output-file requirements-robot.txt "$@"
uv pip compile --quiet --no-emit-index-url --generate-hashes --no-deps --python-version 3.11 \
    --python-platform x86_64-manylinux_2_34 tools/requirements/peers.in --output-file requirements-peers.txt "$@"
