"""Scenarios of dynamic titles, and of the document's own example, whose title ends in a sign; knows no replies."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.ground import CORE, QUICK, STANDARD, Ground, push, scenario, scenes
from conformance.model.scenario import Scenario, Stage
from conformance.model.text import fill


@scenes
def dynamic_titles(ground: Ground) -> Iterator[Scenario]:
    """title_rule renders to title: ``::`` with $names, and [TPL] with ${names}."""
    labels = {"cluster": "nj", "resource": "es.nj.01", "check": "cpu.idle<20%", "path2": r"C:\temp\1"}
    cases = [
        ("rule", "$cluster::at::$path2", r"nj / at / C:\temp\1", "title-rule.rendered", STANDARD),
        ("template", "[TPL]${resource} / ${check}", "es.nj.01 / cpu.idle<20%", "title-rule.template", STANDARD),
        (
            "rule-whole",
            "$cluster::$cluster_name::$Check::$check",
            "nj / $cluster_name / $Check / cpu.idle<20%",
            "title-rule.rendered",
            CORE + 4,
        ),
        (
            "template-whole",
            "[TPL]${resource} ${nosuch} ${check}",
            "es.nj.01 <no value> cpu.idle<20%",
            "title-rule.template",
            QUICK - 1,
        ),
        ("rule-missing", "$cluster::$nosuch::$check", "nj / $nosuch / cpu.idle<20%", "title-rule.rendered", STANDARD),
        ("rule-longer", "$cluster::$cluster_name", "nj / $cluster_name", "title-rule.rendered", STANDARD),
        ("template-missing", "[TPL]${resource} ${nosuch}", "es.nj.01 <no value>", "title-rule.template", STANDARD),
    ]
    for name, rule, title, requirement, worth in cases:
        event = ground.event("title", title_rule=rule, labels=labels)
        yield scenario(
            f"title-rule.{name}",
            [requirement, "title-rule.accepted"],
            push(event, "title-rule.accepted"),
            worth=worth,
            title=title,
            rendered=requirement,
        )


@scenes
def dynamic_titles_over(ground: Ground) -> Iterator[Scenario]:
    """A title_rule with a sign of a dynamic title is cut like any; an update renders it with its own labels."""
    limit, labels = ground.contract.limits.title_rule, {"check": "x"}
    long = ground.event("rule", title_rule=fill(limit + 90, head="$check::"), labels=labels)
    sent = push(long, "title-rule.over-limit-accepted")
    yield scenario("title-rule.rule-over", ["title-rule.cut"], sent, worth=STANDARD - 1, bounded=True)
    rule = ground.event("rule", title_rule="$check::now", labels={"check": "one"})
    steps = (push(rule, "title-rule.accepted"), push(rule | {"labels": {"check": "two"}}, "alert-key.update"))
    serves = ["alert-key.update-others"]
    yield scenario(
        "title-rule.rule-update",
        serves,
        *steps,
        worth=STANDARD - 1,
        updated="two / now",
        rendered="title-rule.rendered",
    )


@scenes
def clients(ground: Ground) -> Iterator[Scenario]:
    """The document's own example, and the shape that most clients send."""
    event = ground.event(
        "", alert_key=None, title_rule="cpu idle low than 20%", labels={"service": "engine", "cluster": "nj"}
    )
    yield scenario(
        "example.success",
        ["example.success", "data.alert-key.present", "alert-key.optional"],
        Stage((push(event, "alert-key.optional"),)),
        worth=QUICK - 10,
    )
