"""A changeset: looked at, checked, published or withdrawn. A step that is refused shows it again with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from blueprints import web
from blueprints.access import needs
from blueprints.boundary_views import (
    EditRow,
    FindingRow,
    ImpactView,
    StaleView,
    Step,
    acknowledged_words,
    edit_row,
    finding_rows,
    impact_view,
    seen_number,
    stale_view,
    steps_of,
)
from blueprints.boundary_words import METHODS, Words
from blueprints.errors import status_of
from domain.boundaries import Action, ChangesetStatus, Layer, Severity
from domain.errors import ChecksFailed, Conflict, Forbidden, OneMapError, Stale
from domain.permissions import Permission
from domain.words import label
from models import Changeset
from services.boundaries import changesets, fitting, publishing
from services.boundaries.limits import limits_of
from services.boundaries.merging import count_conflicts
from services.boundaries.pictures import Picture
from services.boundaries.reviewing import Review, review_of

pages = Blueprint("boundary_changesets", __name__, url_prefix="/boundaries/changesets")
_TOLD: dict[str, Words] = {
    "stored": ("已存为草稿。下面是它会改什么、影响什么。", "Stored as a draft. Below is what it changes and affects."),
    "restoring": (
        "已存为草稿：发布之后，所选版本作为新版本生效。下面是它会改什么、影响什么。",
        "Stored as a draft: once it is published, the chosen version is in force again as a new one. Below is what it "
        "changes and affects.",
    ),
    "fitted": (
        "已与现状合并，并重新检查；请再看一遍差异和影响。",
        "Merged with what stands now and checked again: look at the difference and the impact once more.",
    ),
    "checked": ("已核对，没有必须改的问题。", "Checked: nothing has to be mended."),
    "published": ("已发布，地图即刻采用新边界。", "Published: the map shows the new outlines at once."),
    "withdrawn": ("已撤回，没有发布过。", "Withdrawn without being published."),
}
_ADVICE: dict[type[OneMapError], Words] = {
    Stale: (
        "您的改动没有丢。请看下面两边对照，再与现状合并。",
        "Your work is not lost. See both sides below, then merge it with what stands now.",
    ),
    ChecksFailed: (
        "只需修复的，可在下面“与现状合并”里确认修复；必须改的，请撤回本更改集，改好之后再带入。",
        "What only needs a repair can be confirmed below, under Merge; for what must be mended withdraw this "
        "changeset and bring it in mended.",
    ),
    Conflict: (
        "请看过下面的最新差异和影响，再确认一次。",
        "Look at the difference and impact below and confirm again.",
    ),
}


@dataclass(frozen=True)
class ChangesetPage:
    """A changeset. at: the code of the one edit drawn; told, fault: what the last step did or why it was refused.
    can_fit: merging it with what stands now may help. acknowledged: the impact, once it is published. conflicts,
    undecided: boundaries both sides of a merge changed, and those nobody decided on yet."""

    id: int
    version: int
    title: str
    layer: Layer
    status: ChangesetStatus
    method: str
    grade: str
    made_by: str
    made_at: datetime
    steps: list[Step]
    rows: list[EditRow]
    row_count: int
    count_words: Words
    picture: Picture | None
    caption: str
    at: str
    impact: ImpactView | None
    findings: list[FindingRow]
    stale: list[StaleView]
    source: Words | None
    is_open: bool
    is_blocked: bool
    can_fit: bool
    may_check: bool
    may_publish: bool
    may_withdraw: bool
    publish_words: Words | None
    acknowledged: list[Words] = field(default_factory=list)
    told: Words | None = None
    fault: OneMapError | None = None
    advice: Words | None = None
    conflicts: int = 0
    undecided: int = 0
    methods: dict[str, Words] = field(default_factory=lambda: METHODS)


@pages.get("/<int:changeset_id>")
@needs(Permission.SEE_DRAFTS)
def show(changeset_id: int) -> str:
    return _changeset_page(changeset_id, told=_TOLD.get(request.args.get("told", "")))


@pages.post("/<int:changeset_id>/check")
@needs(Permission.EDIT_BOUNDARIES)
def check(changeset_id: int) -> Response | tuple[str, int]:
    try:
        findings = publishing.check(web.database(), changeset_id, actor=web.actor(), limits=limits_of(web.settings()))
    except (Conflict, Stale, Forbidden) as fault:
        return _refused(changeset_id, fault)
    is_fit = all(finding.severity is not Severity.REJECT for finding in findings)
    return _on(changeset_id, "checked" if is_fit else "")


@pages.post("/<int:changeset_id>/publish")
@needs(Permission.PUBLISH_BOUNDARIES)
def publish(changeset_id: int) -> Response | tuple[str, int]:
    try:
        publishing.publish(
            web.database(),
            changeset_id,
            actor=web.actor(),
            acknowledged=request.form.get("acknowledged"),
            today=web.today(),
            limits=limits_of(web.settings()),
            valid_from=_given_day(),
            four_eyes=web.settings().four_eyes,
            seen=seen_number(),
        )
    except (Conflict, Stale, Forbidden) as fault:
        return _refused(changeset_id, fault)
    return _on(changeset_id, "published")


@pages.post("/<int:changeset_id>/fit")
@needs(Permission.EDIT_BOUNDARIES)
def fit(changeset_id: int) -> Response | tuple[str, int]:
    """Merge the draft with what was published since; on to what has to be decided."""
    try:
        fitted = fitting.fit(
            web.database(),
            changeset_id,
            seen=seen_number(),
            actor=web.actor(),
            limits=limits_of(web.settings()),
            confirmed=request.form.get("confirm") == "1",
        )
    except (Conflict, Stale, Forbidden) as fault:
        return _refused(changeset_id, fault)
    if fitted.conflicts:
        return redirect(web.page_url("boundary_packages.show_conflicts", changeset_id=changeset_id), code=303)
    return _on(changeset_id, "fitted")


@pages.post("/<int:changeset_id>/withdraw")
@needs(Permission.EDIT_BOUNDARIES)
def withdraw(changeset_id: int) -> Response | tuple[str, int]:
    try:
        changesets.withdraw(web.database(), changeset_id, actor=web.actor(), seen=seen_number())
    except (Conflict, Stale, Forbidden) as fault:
        return _refused(changeset_id, fault)
    return _on(changeset_id, "withdrawn")


def _on(changeset_id: int, told: str) -> Response:
    return redirect(web.page_url("boundary_changesets.show", changeset_id=changeset_id, told=told or None), code=303)


def _refused(changeset_id: int, fault: OneMapError) -> tuple[str, int]:
    """The changeset with the reason, under the fault's own status."""
    return _changeset_page(changeset_id, fault=fault), status_of(type(fault))


def _changeset_page(changeset_id: int, *, told: Words | None = None, fault: OneMapError | None = None) -> str:
    at = request.args.get("at", "")
    with web.database().read() as session:
        review = review_of(session, changeset_id, at=at or None)
        conflicts, undecided = count_conflicts(session, changeset_id)
        has_hand = web.actor().name in publishing.hands_of(session, review.changeset)
        page = _changeset_view(review, at, told, fault, has_hand=has_hand)
        is_blocked = page.is_blocked or undecided > 0
        page = replace(page, conflicts=conflicts, undecided=undecided, is_blocked=is_blocked)
    return render_template("boundaries/changeset.html", page=page)


def _changeset_view(
    review: Review, at: str, told: Words | None, fault: OneMapError | None, *, has_hand: bool
) -> ChangesetPage:
    """has_hand: whoever looks at it made or merged it, or decided conflicts of it."""
    one, actor = review.changeset, web.actor()
    is_open = one.status in changesets.OPEN
    is_own = one.made_by == actor.name
    is_rejected = any(finding.severity is Severity.REJECT for finding in review.findings)
    may_publish = actor.may(Permission.PUBLISH_BOUNDARIES)
    drawn = next((row for row in review.rows if row.code == at), None)
    return ChangesetPage(
        id=one.id,
        version=one.version,
        title=one.title,
        layer=one.layer,
        status=one.status,
        method=one.method,
        grade=one.grade.value,
        made_by=one.made_by,
        made_at=one.made_at,
        steps=steps_of(one),
        rows=[edit_row(row) for row in review.rows],
        row_count=sum(review.counts.values()),
        count_words=_count_words(review.counts),
        picture=review.picture,
        caption=f"{drawn.name} {drawn.code}" if drawn else "",
        at=at if drawn else "",
        impact=impact_view(review.impact, review.place_names) if review.impact else None,
        findings=finding_rows(review.findings, review.numbers),
        stale=[stale_view(pair) for pair in review.stale],
        source=_source_words(one),
        is_open=is_open,
        is_blocked=bool(review.stale) or is_rejected or (has_hand and web.settings().four_eyes),
        can_fit=(bool(review.stale) or isinstance(fault, ChecksFailed)) and changesets.RESTORES not in one.options,
        may_check=is_open and actor.may(Permission.EDIT_BOUNDARIES),
        may_publish=is_open and may_publish,
        may_withdraw=is_open and (may_publish or (is_own and actor.may(Permission.EDIT_BOUNDARIES))),
        publish_words=_publish_words(has_hand, one, may_publish, is_stale=bool(review.stale), is_rejected=is_rejected),
        acknowledged=acknowledged_words(one),
        told=told,
        fault=fault,
        advice=next((_ADVICE[kind] for kind in type(fault).__mro__ if kind in _ADVICE), None) if fault else None,
    )


def _count_words(counts: dict[Action, int]) -> Words:
    zh = "，".join(f"{label(action)[0]} {count} 个" for action, count in counts.items() if count)
    en = ", ".join(f"{count} {label(action)[1].lower()}" for action, count in counts.items() if count)
    return zh or "没有改动", en or "no edits"


def _source_words(one: Changeset) -> Words | None:
    if not one.file_name:
        return None
    known = [text for text in (one.file_name, one.crs, one.encoding) if text]
    return f"来自文件：{'，'.join(known)}", f"From the file: {', '.join(known)}"


def _publish_words(
    has_hand: bool, one: Changeset, may_publish: bool, *, is_stale: bool, is_rejected: bool
) -> Words | None:
    """Why it cannot be published, or what to know before."""
    if is_stale:
        return "所依据的版本已经旧了，不能发布。", "It was made from an older version and cannot be published."
    if is_rejected:
        return "还有必须改的问题，不能发布。", "Something still has to be mended: it cannot be published."
    if web.settings().four_eyes and has_hand:
        return (
            "本系统要求两人经手：您参与了这个更改集，须由另一位有发布权限的人发布。",
            "Two people are needed: you had a hand in this changeset, somebody else with the right publishes it.",
        )
    if not may_publish:
        return "由有发布权限的人发布。", "Somebody with the right to publish decides on it."
    if one.status is ChangesetStatus.DRAFT:
        return (
            "还没有单独核对过；发布时会自动再检查一遍。",
            "Nobody has checked it apart; publishing checks it again anyway.",
        )
    return None


def _given_day() -> date | None:
    given = request.form.get("valid_from", "")
    return web.parsed_day(given, "valid_from") if given else None
