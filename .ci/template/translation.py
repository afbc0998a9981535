"""The template as CloudFormation gets it: through SAM's own translator, with parameters and conditions resolved."""

import hashlib
import logging
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

ABSENT = object()

# The translator warns of features that only AWS switches on, and of metrics that it would send.
logging.disable(logging.WARNING)


def image_uri(content: str) -> str:
    """Where `sam deploy` would have pushed an image with this content: a tag for every digest."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/aisle:recommendations-{digest[:12]}"


def translate(image: str, **parameters: str) -> dict:
    """The template after SAM, with intrinsic functions still in it. Parameters are given as on the command line."""
    template = yaml_parse(Path("template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["ImageUri"] = image_uri(image)
    unknown = parameters.keys() - template["Parameters"].keys()
    assert not unknown, f"the template has no parameter {unknown}"
    translated = Translator({}, Parser()).translate(template, dict(parameters))
    assert translated["Parameters"].keys() == template["Parameters"].keys()
    return translated


class Resolution:
    """Evaluates what CloudFormation would before it makes anything: parameters, conditions, rules."""

    def __init__(self, translated: dict, **given: str):
        defaults = {name: p.get("Default") for name, p in translated["Parameters"].items()}
        # CloudFormation compares parameters as text, numbers too.
        self.values = {name: str(value) for name, value in (defaults | given).items()}
        self.conditions = {
            name: self.test(condition) for name, condition in translated.get("Conditions", {}).items()
        }
        self.resources = {
            name: self.resolve(resource)
            for name, resource in translated["Resources"].items()
            if self.conditions.get(resource.get("Condition"), True)
        }
        self.outputs = {
            name: self.resolve(output)
            for name, output in translated["Outputs"].items()
            if self.conditions.get(output.get("Condition"), True)
        }
        self.refused = [
            assertion["AssertDescription"]
            for rule in translated.get("Rules", {}).values()
            if self.test(rule["RuleCondition"])
            for assertion in rule["Assertions"]
            if not self.test(assertion["Assert"])
        ]

    def test(self, condition: dict) -> bool:
        [(function, arguments)] = condition.items()
        if function == "Fn::Equals":
            one, other = (str(self.resolve(argument)) for argument in arguments)
            return one == other
        if function == "Fn::Not":
            return not self.test(arguments[0])
        raise ValueError(f"no condition is known by the name {function}")

    def resolve(self, value):
        """The value with parameters put in and branches chosen; what only AWS knows stays as it is."""
        if isinstance(value, list):
            return [one for one in map(self.resolve, value) if one is not ABSENT]
        if not isinstance(value, dict):
            return value
        if value == {"Ref": "AWS::NoValue"}:
            return ABSENT
        if value.keys() == {"Fn::If"}:
            condition, then, otherwise = value["Fn::If"]
            return self.resolve(then if self.conditions[condition] else otherwise)
        if value.keys() == {"Ref"} and value["Ref"] in self.values:
            return self.values[value["Ref"]]
        if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
            text = value["Fn::Sub"]
            for name, known in self.values.items():
                text = text.replace(f"${{{name}}}", known)
            return {"Fn::Sub": text}
        resolved = {name: self.resolve(one) for name, one in value.items()}
        return {name: one for name, one in resolved.items() if one is not ABSENT}

    def of_type(self, type_name: str) -> dict:
        return {name: r for name, r in self.resources.items() if r["Type"] == type_name}

    def only(self, type_name: str) -> tuple[str, dict]:
        found = self.of_type(type_name)
        assert len(found) == 1, f"one {type_name} expected, not {sorted(found)}"
        [(name, resource)] = found.items()
        return name, resource
