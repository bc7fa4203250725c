# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Searches its own memory for what a fork of the grader would have inherited: the solutions."""

MARKER = bytes(reversed(b"NOITULOS NIGEB #"))  # backwards, so that this file itself is not found
ENOUGH = 20  # this file leaves a few copies of the marker; the solutions have one in every function
copies = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
    for line in maps.readlines():
        span, access = line.split()[:2]
        start, end = (int(part, 16) for part in span.split("-"))
        if access.startswith("rw") and end - start < 1 << 28:
            memory.seek(start)
            try:
                copies += memory.read(end - start).count(MARKER)
            except OSError:
                continue
if copies < ENOUGH:
    raise LookupError("no solutions here")


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
