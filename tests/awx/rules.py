# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX accepts and what it refuses, as far as the data of extensions/awx can break it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft7Validator

NAME = r"^[a-zA-Z_]+[a-zA-Z0-9_]*$"
SURVEY_TYPES: dict[str, Any] = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": (int, float),
}
STRINGS_ONLY = ("choices", "multiline", "format", "secret")
INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "required": {"type": "array", "items": {"type": "string"}},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "label"],
                "properties": {
                    "id": {"type": "string", "pattern": NAME},
                    "label": {"type": "string"},
                    "type": {"enum": ["string", "boolean"]},
                    "format": {"enum": ["ssh_private_key", "url"]},
                    "choices": {"type": "array", "minItems": 1, "items": {"type": "string"}, "uniqueItems": True},
                    "help_text": {"type": "string"},
                    "multiline": {"type": "boolean"},
                    "secret": {"type": "boolean"},
                    "default": {},
                },
            },
        },
    },
}
INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "env": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {NAME: {"type": "string", "pattern": "^[\\x00-\\x7f]*$"}},
        },
        "file": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$": {"type": "string"}},
        },
        "extra_vars": {"type": "object"},
    },
}
OF_CONTROLLER: dict[str, Any] = {
    "name": "Red Hat Ansible Automation Platform",
    "kind": "cloud",
    "inputs": {
        "fields": [
            {"id": "host", "label": "Red Hat Ansible Automation Platform", "type": "string"},
            {"id": "username", "label": "Username", "type": "string"},
            {"id": "password", "label": "Password", "type": "string", "secret": True},
            {"id": "oauth_token", "label": "OAuth Token", "type": "string", "secret": True},
            {"id": "verify_ssl", "label": "Verify SSL", "type": "boolean", "secret": False},
        ],
        "required": ["host"],
    },
    "injectors": {
        "env": {
            "CONTROLLER_HOST": "{{ host }}",
            "CONTROLLER_USERNAME": "{{ username }}",
            "CONTROLLER_PASSWORD": "{{ password }}",
            "CONTROLLER_VERIFY_SSL": "{{ verify_ssl }}",
            "CONTROLLER_OAUTH_TOKEN": "{{ oauth_token }}",
        }
    },
}
"""AWX's own credential type for its own API."""
MESSAGE_CONTEXT: dict[str, Any] = {
    "job": {"name": "Stub", "status": "running", "artifacts": {}, "id": 42},
    "url": "https://awx.example.com/#/jobs/playbook/1",
    "workflow_url": "https://awx.example.com/#/jobs/workflow/1",
    "approval_node_name": "Approve me",
    "approval_status": "approved",
    "job_friendly_name": "Job",
    "job_metadata": "{}",
}


def credential_type_faults(item: Mapping[str, Any]) -> list[str]:
    """Why a custom credential type is refused."""
    inputs, injectors = item.get("inputs") or {}, item.get("injectors") or {}
    faults = [] if item.get("kind") in ("cloud", "net") else ["kind must be cloud or net"]
    faults += _schema(INPUTS, inputs) + _schema(INJECTORS, injectors)
    if faults:
        return faults
    fields = inputs.get("fields", [])
    ids = [field["id"] for field in fields]
    faults += [f"field IDs must be unique ({name})" for name in ids if ids.count(name) > 1]
    faults += ['"tower" is a reserved field name'] if "tower" in ids else []
    for field in fields:
        kind = field.get("type", "string")
        faults += [
            f"{key} not allowed for {kind} type ({field['id']})"
            for key in STRINGS_ONLY
            if key in field and kind != "string"
        ]
        if "default" in field and not isinstance(field["default"], {"string": str, "boolean": bool}[kind]):
            faults.append(f"{field['default']} is not a {kind}")
    faults += [
        f"{field['id']} may be left blank, and AWX's form sends it as an empty text, which is no URL"
        for field in fields
        if field.get("format") == "url" and field["id"] not in inputs.get("required", [])
    ]
    faults += [f"{name} is required and no field" for name in inputs.get("required", []) if name not in ids]
    faults += [f"{name} is not allowed" for name in injectors.get("env", {}) if name.startswith("ANSIBLE_")]
    for kind in ("env", "file", "extra_vars"):
        for key, template in injectors.get(kind, {}).items():
            faults += _rendered(f"{kind} {key}", template, dict.fromkeys(ids, "EXAMPLE"))
    return faults


def injected(item: Mapping[str, Any], inputs: Mapping[str, Any], kind: str = "env") -> dict[str, str]:
    """The environment that a job gets from a credential of this type, or its extra variables."""
    given = {field["id"]: False for field in item["inputs"]["fields"] if field.get("type") == "boolean"}
    given |= {key: value for key, value in inputs.items() if value != ""}
    environment = ImmutableSandboxedEnvironment()
    return {key: environment.from_string(text).render(given) for key, text in item["injectors"][kind].items()}


def input_faults(item: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[str]:
    """Why the inputs of a credential of this type are refused. What is required is not asked for before a job starts."""
    fields = {field["id"]: field for field in item.get("inputs", {}).get("fields", ())}
    kinds = {"string": str, "boolean": bool}
    return [
        f"{key}: not a field, or of another type than {fields.get(key, {}).get('type', 'any')}"
        for key, value in inputs.items()
        if key not in fields or not isinstance(value, kinds[fields[key].get("type", "string")])
    ]


def unstarted(item: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[str]:
    """The required fields for want of which a job with a credential of this type does not start."""
    return [name for name in item["inputs"].get("required", ()) if inputs.get(name) in (None, "")]


def variable_faults(text: str) -> list[str]:
    """Why the variables of a host or an inventory are refused: a tag such as ``!vault``, or a date."""
    try:
        json.dumps(yaml.safe_load(text or "{}"))
    except (yaml.YAMLError, TypeError) as fault:
        return [f"Cannot parse as JSON or YAML: {fault}"]
    return []


def launched(spec: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[str], list[str]]:
    """The variables of a job that is launched with these answers to its survey, what was ignored, and faults."""
    questions = {question["variable"]: question for question in spec.get("spec", ())}
    faults = [fault for question in questions.values() for fault in _answer_faults(question, answers)]
    defaults = {
        name: question["default"]
        for name, question in questions.items()
        if question.get("default") is not None and not list(_answer_faults(question, {name: question["default"]}))
    }
    given = {name: value for name, value in answers.items() if name in questions}
    return {**defaults, **given}, sorted(answers.keys() - questions.keys()), faults


def _answer_faults(question: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterable[str]:
    name, kind = question["variable"], question["type"]
    if name not in answers:
        if question["required"]:
            yield f"'{name}' value missing"
        return
    value = answers[name]
    if kind in ("text", "textarea"):
        if not isinstance(value, str):
            yield f"Value {value} for '{name}' expected to be a string."
        elif question.get("min") and len(value) < question["min"]:
            yield f"'{name}' value {value} is too small"
        elif question.get("max") and len(value) > question["max"]:
            yield f"'{name}' value {value} is too large"
    elif kind == "multiselect" and not isinstance(value, list):
        yield f"'{name}' value is expected to be a list."
    else:
        yield from (
            f"Value {one} for '{name}' expected to be one of {question['choices']}."
            for one in (value if kind == "multiselect" else [value])
            if one not in question["choices"]
        )


def survey_faults(spec: Any) -> list[str]:
    """Why a survey is refused; one that is empty is none."""
    if not isinstance(spec, Mapping):
        return ["a survey is a mapping"]
    faults = [
        f"Field '{key}' is missing from survey spec, or of another type"
        for key, kind in (("name", str), ("description", str), ("spec", list))
        if not isinstance(spec.get(key), kind)
    ]
    if faults or not spec["spec"]:
        return faults or ["'spec' doesn't contain any items."]
    names = [question.get("variable") for question in spec["spec"]]
    faults += [f"'variable' '{name}' duplicated" for name in names if names.count(name) > 1]
    for number, question in enumerate(spec["spec"]):
        faults += [f"question {number}: {fault}" for fault in _question_faults(question)]
    return faults


def _question_faults(question: Mapping[str, Any]) -> Iterable[str]:
    for key, kind in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
        if not isinstance(question.get(key), kind):
            yield f"'{key}' is missing or of another type"
            return
    kind = question["type"]
    if kind not in SURVEY_TYPES:
        yield f"{kind} is no type of question"
        return
    default = question.get("default", "")
    if default != "" and not isinstance(default, SURVEY_TYPES[kind]):
        yield f"default {default!r} is of another type"
    for key in ("min", "max"):
        if question.get(key) is not None and (not isinstance(question[key], int) or isinstance(question[key], bool)):
            yield f"{key} is no integer"
    if kind.startswith("multi"):
        choices = question.get("choices")
        choices = choices.splitlines() if isinstance(choices, str) else choices
        if not choices:
            yield "has no choices"
        elif any(line not in choices for line in str(default).splitlines()):
            yield f"default {default!r} is none of the choices"
        elif not all(isinstance(choice, str) for choice in choices):
            yield "has a choice that is no text"
        if kind == "multiplechoice" and len(str(default).splitlines()) > 1:
            yield "has several defaults"


def message_faults(messages: Mapping[str, Any]) -> list[str]:
    """Why the messages of a notification template are refused."""
    faults = []
    for event, texts in messages.items():
        if event not in ("started", "success", "error", "workflow_approval"):
            faults.append(f"Event '{event}' invalid")
            continue
        for text in texts.values() if event == "workflow_approval" else [texts]:
            for kind, template in text.items():
                if kind not in ("message", "body"):
                    faults.append(f"Message type '{kind}' invalid")
                if kind == "message" and "\n" in template:
                    faults.append("Messages cannot contain newlines")
                faults += _rendered(f"message of {event}", template, MESSAGE_CONTEXT)
    return faults


def schedule_faults(rrule: str) -> list[str]:
    """Why a schedule is refused."""
    faults = []
    if not re.match(r"DTSTART(;TZID=[^:]+)?:\d{8}T\d{6}Z? ", rrule):
        faults.append("Valid DTSTART required in rrule")
    if rrule.count("DTSTART") != 1 or re.match(r"DTSTART:\d{8}T\d{6} ", rrule):
        faults.append("DTSTART must be one, with a time zone")
    missing = [rule for rule in re.findall(r"RULE:\S*", rrule) or [""] if "INTERVAL=" not in rule]
    faults += [f"INTERVAL required in rrule {rule}" for rule in missing]
    if re.search(r"EXDATE:|RDATE:|SECONDLY", rrule):
        faults.append("EXDATE, RDATE and SECONDLY are not allowed")
    return faults


def _schema(schema: Mapping[str, Any], value: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in Draft7Validator(schema).iter_errors(value)
    ]


def _rendered(what: str, template: str, context: Mapping[str, Any]) -> list[str]:
    try:
        ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(context)
    except TemplateError as fault:
        return [f"{what}: {fault}"]
    return []
