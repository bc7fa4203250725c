#!/bin/sh
# Gradescope runs this once, as root, when it builds the image. It fails, and the image with it,
# unless submissions can be graded there safely and the solutions get full marks.
set -eu
root=${AUTOGRADER_ROOT:-/autograder}
cd "$root/source"

fits() {
  command -v "$1" >/dev/null &&
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# The system's own python3 stays as it is: Gradescope's harness runs on it.
python=
for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
  if fits "$name"; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || true
  apt-get install -y -qq python3.11 python3.11-venv ||
    apt-get install -y -qq python3 python3-venv || true
  for name in python3.11 python3; do
    if fits "$name"; then python=$name; fi
  done
fi
if [ -z "$python" ]; then
  echo "There is no Python 3.11 or newer with its venv module, and apt-get has none:" \
    "choose a newer base image (Ubuntu 22.04 or later) in Gradescope's settings." >&2
  exit 1
fi

"$python" grader/bootstrap.py grade
exec .venv/bin/python -m grader.gradescope prepare --root "$root"
