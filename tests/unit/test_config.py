"""Settings: three spellings of one option, their precedence, what is refused."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from detector.cli import cli
from detector.config import OPTIONS, Config
from detector.errors import ConfigError
from detector.options import flag, variable
from detector.settings import load, misspelled

# option → as text, as TOML, as the Config has it
SPELLINGS: dict[str, tuple[str, str, Any]] = {
    "format": ("combined", '"combined"', "combined"),
    "strip": ("source,headers", '["source", "headers"]', ("source", "headers")),
    "trusted_proxies": (
        "10.0.0.0/8, ::1",
        '["10.0.0.0/8", "::1"]',
        (ip_network("10.0.0.0/8"), ip_network("::1")),
    ),
    "bundle": ("models/mine", '"models/mine"', Path("models/mine")),
    "threshold": ("0.75", "0.75", 0.75),
    "threads": ("3", "3", 3),
    "batch_records": ("17", "17", 17),
    "max_record_bytes": ("2048", "2048", 2048),
    "bootstrap_servers": ("a:1, b:2", '["a:1", "b:2"]', ("a:1", "b:2")),
    "topics": ("shop,blog", '["shop", "blog"]', ("shop", "blog")),
    "group": ("watchers", '"watchers"', "watchers"),
    "start": ("2030-01-31T12:00:00Z", "2030-01-31T12:00:00Z", 1_896_091_200.0),
    "alert_topic": ("alarms", '"alarms"', "alarms"),
    "dead_letter_topic": ("rest", '"rest"', "rest"),
    "max_message_bytes": ("5000", "5000", 5000),
    "poll_seconds": ("0.5", "0.5", 0.5),
    "session_seconds": ("30", "30", 30.0),
    "connect_seconds": ("3", "3.0", 3.0),
    "drain_seconds": ("5", "5", 5.0),
    "metadata_seconds": ("0.5", "0.5", 0.5),
    "security_protocol": ("SASL_SSL", '"SASL_SSL"', "SASL_SSL"),
    "ssl_ca": ("ca.pem", '"ca.pem"', Path("ca.pem")),
    "ssl_certificate": ("me.pem", '"me.pem"', Path("me.pem")),
    "ssl_key": ("key.pem", '"key.pem"', Path("key.pem")),
    "sasl_mechanism": ("SCRAM-SHA-512", '"SCRAM-SHA-512"', "SCRAM-SHA-512"),
    "sasl_username": ("me", '"me"', "me"),
    "sasl_password": ("open sesame", '"open sesame"', "open sesame"),
    "listen": ("[::1]:9000", '"[::1]:9000"', ("::1", 9000)),
    "stall_seconds": ("60", "60", 60.0),
    "log_level": ("error", '"error"', "error"),
    "log_format": ("json", '"json"', "json"),
}
FLAGS = [
    (name, command)
    for name, found in OPTIONS.items()
    for command in sorted(found.commands & cli.commands.keys())
]


def parsed(command: str, *arguments: str) -> dict[str, Any]:
    """What a command is called with when it is given `arguments`."""
    files = ["a.log"] if command in ("scan", "tail") else []
    return cli.commands[command].make_context(command, [*arguments, *files]).params


def test_every_option_is_spelled_out_here() -> None:
    """An option that is added has to be added to SPELLINGS."""
    assert OPTIONS.keys() <= SPELLINGS.keys()


@pytest.mark.parametrize(("name", "command"), FLAGS)
def test_an_option_reaches_the_config_as_a_flag(name: str, command: str) -> None:
    """Each command's flag for an option sets the field of that name, and no other."""
    text, _, value = SPELLINGS[name]
    config = load(parsed(command, flag(name), text), {})
    assert config == Config(**{name: value})


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_reaches_the_config_as_a_variable(name: str) -> None:
    """The variable for an option sets the field of that name, and no other."""
    text, _, value = SPELLINGS[name]
    assert load({}, {variable(name): text}) == Config(**{name: value})


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_reaches_the_config_from_a_file(name: str, tmp_path: Path) -> None:
    """The TOML key for an option sets the field of that name, and no other."""
    _, toml, value = SPELLINGS[name]
    file = tmp_path / "breachline.toml"
    file.write_text(f"{name} = {toml}\n")
    assert load({"config": str(file)}, {}) == Config(**{name: value})


def test_every_command_takes_its_flags_from_the_options() -> None:
    """A command has a flag for an option if, and only if, the option names the command."""
    for command in cli.commands:
        has = {item.name for item in cli.commands[command].params} & OPTIONS.keys()
        assert has == {name for name, found in OPTIONS.items() if command in found.commands}


def test_flag_beats_variable_beats_file_beats_default(tmp_path: Path) -> None:
    """Taking the strongest spelling away lets the next one through."""
    file = tmp_path / "breachline.toml"
    file.write_text("threads = 1\n")
    given = {"threads": "3", "config": str(file)}
    environment = {"BREACHLINE_THREADS": "2", "BREACHLINE_CONFIG": "/nowhere"}
    assert load(given, environment).threads == 3
    assert load({"config": str(file)}, environment).threads == 2
    assert load({}, {"BREACHLINE_CONFIG": str(file)}).threads == 1
    assert load({}, {}).threads == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("format", "apache"),
        ("strip", "timestamp,cookies"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("bundle", ""),
        ("threshold", "1.5"),
        ("threshold", "nan"),
        ("threads", "-1"),
        ("threads", "many"),
        ("max_record_bytes", "0"),
        ("log_level", "loud"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_origin(name: str, text: str) -> None:
    """The message has the setting, what was found, who gave it and what is expected."""
    with pytest.raises(ConfigError) as caught:
        load({}, {variable(name): text})
    message = str(caught.value)
    assert message.startswith(f"{name}: found {text!r} ({variable(name)}), expected ")
    assert OPTIONS[name].kind.expected in message
    assert caught.value.exit_code == 78


@pytest.mark.parametrize("toml", ["threads = true", "threads = 1.5", "strip = 3", "strip = [1]"])
def test_a_value_of_the_wrong_type_is_refused(toml: str, tmp_path: Path) -> None:
    """TOML's own types are checked, not converted at all costs."""
    file = tmp_path / "breachline.toml"
    file.write_text(toml)
    with pytest.raises(ConfigError, match="expected"):
        load({"config": str(file)}, {})


def test_a_secret_is_not_shown_when_it_is_refused() -> None:
    """The message names the setting without its value."""
    with pytest.raises(ConfigError) as caught:
        load({}, {"BREACHLINE_SASL_PASSWORD": ""})
    assert "found a value that cannot be used (BREACHLINE_SASL_PASSWORD)" in str(caught.value)


def test_a_secret_is_not_in_what_a_config_looks_like() -> None:
    """A Config that lands in a log or a traceback does not give the password away."""
    assert "open sesame" not in repr(Config(sasl_password="open sesame"))  # noqa: S106


def test_an_unknown_key_is_refused_with_the_near_name(tmp_path: Path) -> None:
    """A misspelled key in the file does not go unnoticed."""
    file = tmp_path / "breachline.toml"
    file.write_text("treshold = 0.5\n")
    with pytest.raises(ConfigError, match="treshold, which is no option; did you mean threshold"):
        load({"config": str(file)}, {})


@pytest.mark.parametrize("content", [b"threads = ", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_refused(content: bytes, tmp_path: Path) -> None:
    """The message names the file."""
    file = tmp_path / "breachline.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"breachline\.toml is not TOML"):
        load({"config": str(file)}, {})


def test_a_missing_file_is_refused() -> None:
    """The message names the file and the ways to correct it."""
    with pytest.raises(ConfigError, match=r"/nowhere\.toml cannot be read.*--config"):
        load({"config": "/nowhere.toml"}, {})


def test_a_misspelled_variable_is_found_and_a_strange_one_left_alone() -> None:
    """Kubernetes sets BREACHLINE_SERVICE_HOST for a service named breachline."""
    environment = {"BREACHLINE_TRESHOLD": "1", "BREACHLINE_SERVICE_HOST": "10.0.0.1"}
    assert misspelled(environment) == [("BREACHLINE_TRESHOLD", "BREACHLINE_THRESHOLD")]


def test_help_names_every_variable() -> None:
    """A reader of --help learns the second spelling and the default."""
    for command in cli.commands:
        context = cli.commands[command].make_context(command, [], resilient_parsing=True)
        words = "".join(cli.commands[command].get_help(context).split())
        for name, found in OPTIONS.items():
            if command in found.commands:
                assert variable(name) + ";" in words
