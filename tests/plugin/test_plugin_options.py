"""What options and variables are taken for, and what is said of those that make no sense."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from plugin_runs import suite

from conformance.contract.files import spec_folder
from conformance.plugin.environment import account_codes
from conformance.plugin.options import from_config
from conformance.plugin.outputs import check_gate
from conformance.plugin.replaying import Replay
from conformance.plugin.session import Run
from conformance.plugin.settings import Settings, UsageError
from conformance.wire.headers import OWN

SECRET = "s3cret-of-a-gateway"


def _settings(environment: dict[str, str] | None = None, **options: Any) -> Settings:
    """The settings of a pytest with these options and these variables."""
    given = {f"conformance_{name}": value for name, value in options.items()}
    config = SimpleNamespace(getoption=lambda name, _=None: given.get(name), option=SimpleNamespace())
    return from_config(cast("pytest.Config", config), environment or {})


@pytest.mark.parametrize(
    ("word", "meant"),
    [("1", True), ("YES", True), ("true", True), ("On", True), ("0", False), ("no", False), ("False", False)],
)
def test_a_flag_in_the_environment_is_a_yes_or_a_no(word: str, meant: bool) -> None:
    """In any case; and an empty variable is none."""
    assert _settings({"CONFORMANCE_ALLOW_PRODUCTION": word}).allow_production is meant
    assert _settings({"CONFORMANCE_ALLOW_PRODUCTION": ""}).allow_production is False


@pytest.mark.parametrize("word", ["n", "none", "disabled", "never", "y", "2"])
def test_any_other_word_for_a_flag_is_refused(word: str) -> None:
    """The variable is named, what it holds, and what it may hold: leave to page people is never guessed."""
    with pytest.raises(
        UsageError, match=rf"^CONFORMANCE_ALLOW_PRODUCTION: '{word}' is neither yes nor no; give one of 1"
    ):
        _settings({"CONFORMANCE_ALLOW_PRODUCTION": word})


@pytest.mark.parametrize(
    ("variable", "value"),
    [("BUDGET", "huge"), ("LEVEL", "may"), ("ROW", "Nope/x"), ("MAX_RATE", "fast"), ("HEADER", "none"), ("SEED", "x")],
)
def test_a_bad_value_is_told_by_the_name_it_was_given_under(variable: str, value: str) -> None:
    """Who set a variable looks for no option."""
    with pytest.raises(UsageError, match=rf"^CONFORMANCE_{variable}\b"):
        _settings({f"CONFORMANCE_{variable}": value})


def test_an_option_is_told_as_an_option_though_other_variables_are_set() -> None:
    """Only what came from the environment is told by its variable."""
    with pytest.raises(UsageError, match=r"^--budget huge"):
        _settings({"CONFORMANCE_BUDGET": "quick", "CONFORMANCE_LEVEL": "must"}, budget="huge")


def test_what_is_found_out_later_is_told_by_its_variable_too(tmp_path: Path) -> None:
    """A folder that cannot be written into, and whatever is wrong with the target."""
    (tmp_path / "file").write_text("", "utf-8")
    done = suite(tmp_path, CONFORMANCE_REPORT_DIR="file")
    assert done.code == 4, done.out
    assert "CONFORMANCE_REPORT_DIR file: cannot be written into" in done.out


@pytest.mark.parametrize("name", ["X Y", "Schlüssel", "", "X\nY", "Bearer " + SECRET])
def test_a_header_whose_name_cannot_be_sent_is_refused(name: str) -> None:
    """Before anything is sent, and without the text in which a secret may stand."""
    with pytest.raises(UsageError, match=r"^--header: ") as told:
        _settings(header=[f"{name}: {SECRET}"])
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("value", [f"a\n{SECRET}", f"a\r{SECRET}", f"\0{SECRET}", f"{SECRET}\x7f"])
def test_a_header_of_more_than_a_line_is_refused(value: str) -> None:
    """The name is told, the value is not."""
    with pytest.raises(UsageError, match="the value of X-Gateway holds a line break") as told:
        _settings(header=[f"X-Gateway: {value}."])
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("name", [*OWN, "content-type"])
def test_a_header_of_the_suites_own_is_refused(name: str) -> None:
    """It would be sent twice, or silently not at all."""
    with pytest.raises(UsageError, match=f"{name} is set by the suite itself"):
        _settings(header=[f"{name}: text/plain"])


def test_headers_of_gateways_are_taken() -> None:
    """Whatever their value holds, as long as it is a line."""
    taken = _settings({"CONFORMANCE_HEADER": "Authorization: Bearer a,b\nX-Tab:\ta\tb: ü"}).headers
    assert taken == (("Authorization", "Bearer a,b"), ("X-Tab", "a\tb: ü"))


def test_a_bad_header_is_no_internal_error(tmp_path: Path) -> None:
    """Exit code 4, one sentence."""
    done = suite(tmp_path, "--header", "X Y: z")
    assert done.code == 4, done.out
    assert "--header: the name cannot be sent" in done.out
    assert "INTERNALERROR" not in done.out


@pytest.mark.parametrize(
    "text",
    [
        "NoLicense=a,b\nUnauthorized=c d=",
        "NoLicense=a,b,Unauthorized=c d=",
        "NoLicense=a,b Unauthorized=c d=",
        " NoLicense=a,b ,\tUnauthorized=c d= ",
    ],
)
def test_a_key_of_an_account_may_hold_a_comma(text: str) -> None:
    """In the environment accounts stand on lines of their own, or with commas before each code."""
    assert _settings({"CONFORMANCE_ACCOUNT": text}).accounts == {"NoLicense": "a,b", "Unauthorized": "c d="}


def test_what_looks_like_a_code_and_is_none_is_not_taken_for_a_part_of_a_key() -> None:
    """A slip in a code must not make a wrong key of the one before it; keys are not told."""
    with pytest.raises(UsageError, match=f"^CONFORMANCE_ACCOUNT: .*{account_codes()[0]}") as told:
        _settings({"CONFORMANCE_ACCOUNT": f"NoLicense=a,Unauthorised={SECRET}"})
    assert SECRET not in str(told.value)


def test_another_contract_is_told(tmp_path: Path) -> None:
    """By the run that was judged by it, and by a replay."""
    one = ("--requirement", "title-rule.cut", "--budget", "quick")
    for options in (one, ("--replay", "reports/latest", "--report-dir", "again")):
        done = suite(tmp_path, *options, CONFORMANCE_SPEC=str(spec_folder()))
        assert done.code == 0, done.out
        assert "CONFORMANCE_SPEC is set" in done.out


def test_a_lock_to_be_written_must_be_named(tmp_path: Path) -> None:
    """--lock-update alone would write nothing; --lock alone of a file that is not there is told the other option."""
    with pytest.raises(UsageError, match=r"--lock-update: .* give --lock FILE"):
        _settings(lock_update=True)
    with pytest.raises(UsageError, match=r"^CONFORMANCE_LOCK_UPDATE: "):
        _settings({"CONFORMANCE_LOCK_UPDATE": "1"})
    with pytest.raises(UsageError, match=r"--lock .*new.toml: there is no such file; .*--lock-update"):
        check_gate(_settings(lock=str(tmp_path / "new.toml")))
    check_gate(_settings(lock=str(tmp_path / "new.toml"), lock_update=True))
    with pytest.raises(UsageError, match=r"--lock .*there is no folder"):
        check_gate(_settings(lock=str(tmp_path / "none/new.toml"), lock_update=True))


@pytest.mark.parametrize("name", ["foo", "nowhere:observer", "json:nothing", "json:loads", "collections:OrderedDict"])
def test_an_observer_that_cannot_be_made_is_told_once(name: str) -> None:
    """The option and the name stand in the sentence once, and are followed by what to do."""
    with pytest.raises(UsageError) as told:
        Run(_settings(observer=[name])).ready()
    assert str(told.value).startswith(f"--observer {name}: ")
    assert str(told.value).count("--observer") == 1


def test_files_that_cannot_be_read_are_told_with_their_option(tmp_path: Path) -> None:
    """--baseline, --lock and --replay: what is wrong, what was seen, what to do."""
    broken = tmp_path / "broken.toml"
    broken.write_text("[[", "utf-8")
    for option in ("baseline", "lock"):
        with pytest.raises(UsageError, match=f"--{option} .*broken.toml: not TOML"):
            check_gate(_settings(**{option: str(broken)}))
    with pytest.raises(UsageError, match=r"--baseline .*: cannot be read \(No such file.*give the path"):
        check_gate(_settings(baseline=str(tmp_path / "none.toml")))
    with pytest.raises(UsageError, match=r"--replay .*: holds no exchanges.jsonl that can be read .*; give the report"):
        Replay(_settings(replay=str(tmp_path))).ready()


@pytest.mark.parametrize("option", ["wait_for_target", "visible_after", "latency"])
@pytest.mark.parametrize("value", [-3.0, float("inf"), float("nan")])
def test_a_wait_is_a_number_of_seconds(option: str, value: float) -> None:
    """None below zero, none without an end."""
    with pytest.raises(UsageError, match=f"--{option.replace('_', '-')} .*: give a number of seconds, 0 or more"):
        _settings(**{option: value})


@pytest.mark.parametrize("given", [SECRET, f"Nonsense={SECRET}", "NoLicense="])
def test_a_bad_account_is_told_without_what_may_be_its_key(given: str) -> None:
    """Without an equals sign nobody knows whether the code or the key was left out."""
    with pytest.raises(UsageError, match="give CODE=KEY, where CODE is one of") as told:
        _settings(account=[given])
    assert SECRET not in str(told.value)
