"""What Gradescope publishes about `results.json`, as a JSON Schema; written by hand."""

FORMATS = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "max_score"],
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "max_score": {"type": "number", "minimum": 0},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string", "minLength": 1},
        "name_format": FORMATS,
        "number": {"type": "string", "pattern": r"^\d+(\.\d+)*$"},
        "output": {"type": "string"},
        "output_format": FORMATS,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
LEADERBOARD = {
    "type": "object",
    "required": ["name", "value"],
    "properties": {"name": {"type": "string"}, "order": {"enum": ["asc", "desc"]}},
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "execution_time": {"type": "number", "minimum": 0},
        "output": {"type": "string"},
        "output_format": FORMATS,
        "test_output_format": FORMATS,
        "test_name_format": FORMATS,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array", "items": LEADERBOARD},
        "tests": {"type": "array", "items": TEST},
    },
    # Graded is what has a score or tests. What has neither, Gradescope reports as a failure.
    "oneOf": [
        {"required": ["score", "tests"]},
        {"not": {"anyOf": [{"required": ["score"]}, {"required": ["tests"]}]}},
    ],
}
