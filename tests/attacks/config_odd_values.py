# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, with a config of things that break naive encodings: pickles, surrogates, huge ints."""

ODD = {
    "pickle": "cos\nsystem\n(S'touch /tmp/descent-left-behind'\ntR.",
    "bytes": b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94.",
    "\ud800": "\udfff\x00\x1b]0;title\x07",
    "nan": float("nan"),
    "inf": [float("-inf"), -0.0],
    "int": 10**5000,
    "__class__": "os",
    "tags": {"a": ["<f8", [1 << 62], 0, "C"]},
    "": {"": {"": ()}},
}


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {}), **ODD}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
