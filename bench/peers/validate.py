"""validate.py SCHEMAS WORKSPACE: a workspace's YAML against its schemas, with jsonschema and PyYAML's C loader."""

import glob
import json
import sys

import yaml
from jsonschema import Draft202012Validator


class Loader(yaml.CSafeLoader):
    """Dates stay text, as in JSON."""


Loader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}

kinds = {
    "firm": "firm.yaml",
    "recommendations": "recommendations.yaml",
    "rollup": "rollup.yaml",
    "snapshot": "snapshots/*.yaml",
    "outcome": "outcomes/*.yaml",
}
schemas, workspace = sys.argv[1:]
bad = 0
for kind, pattern in kinds.items():
    with open(f"{schemas}/{kind}.schema.json", encoding="utf8") as file:
        validator = Draft202012Validator(json.load(file))
    for path in glob.iglob(f"{workspace}/firms/*/{pattern}"):
        with open(path, encoding="utf8") as file:
            value = yaml.load(file, Loader)
        for error in validator.iter_errors(value):
            bad += 1
            print(path, error.message)
sys.exit(1 if bad else 0)
