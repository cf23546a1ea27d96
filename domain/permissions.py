"""Who may do what: one table. No Flask, no SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Forbidden
from domain.words import Audience


class Role(StrEnum):
    """What an account is for."""

    VIEWER = "viewer"
    OFFICER = "officer"
    GIS_EDITOR = "gis_editor"
    GIS_PUBLISHER = "gis_publisher"
    ADMIN = "admin"


class Permission(StrEnum):
    """What can be allowed. Every route and every service that changes something names one."""

    READ_PUBLIC = "read_public"  # published data; also without an account
    OWN_ACCOUNT = "own_account"  # log out, change one's own password
    SEE_CAPACITIES = "see_capacities"  # what single firms can make
    ENTER_DATA = "enter_data"  # sheets in and out
    SEE_DRAFTS = "see_drafts"  # changesets that are not published
    EDIT_BOUNDARIES = "edit_boundaries"  # bring in, draw, withdraw
    PUBLISH_BOUNDARIES = "publish_boundaries"  # publish, roll back
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_AUDIT = "read_audit"


_P = Permission
_VIEWER = {_P.READ_PUBLIC, _P.OWN_ACCOUNT}
_OFFICER = {*_VIEWER, _P.SEE_CAPACITIES, _P.ENTER_DATA, _P.SEE_DRAFTS}
_EDITOR = {*_VIEWER, _P.SEE_DRAFTS, _P.EDIT_BOUNDARIES}
ALLOWED: dict[Role | None, frozenset[Permission]] = {
    None: frozenset({_P.READ_PUBLIC}),
    Role.VIEWER: frozenset(_VIEWER),
    Role.OFFICER: frozenset(_OFFICER),
    Role.GIS_EDITOR: frozenset(_EDITOR),
    Role.GIS_PUBLISHER: frozenset({*_EDITOR, _P.PUBLISH_BOUNDARIES}),
    Role.ADMIN: frozenset(Permission),
}
"""The table. None: nobody is logged in."""


@dataclass(frozen=True)
class Actor:
    """Who acts. parks: the places an account is limited to (a park stands for its zones and plots); None = all."""

    name: str
    role: Role | None
    parks: frozenset[str] | None = None

    def may(self, permission: Permission) -> bool:
        return permission in ALLOWED[self.role]

    def may_at(self, permission: Permission, parks: Collection[str | None]) -> bool:
        """May it do so to things of these parks (None: a thing of no park)? A limited account: only to its own."""
        return self.may(permission) and (self.parks is None or all(park in self.parks for park in parks))

    @property
    def audience(self) -> Audience:
        return Audience.INTERNAL if self.may(Permission.SEE_CAPACITIES) else Audience.PUBLIC


ANYBODY = Actor("", None)
"""Nobody is logged in."""


def require(actor: Actor, permission: Permission, parks: Collection[str | None] = ()) -> None:
    """Raises Forbidden unless the actor may do so to things of these parks; it names those that are not the actor's."""
    if actor.may_at(permission, parks):
        return
    who_zh, who_en = actor.name or "（未登录）", actor.name or "(not logged in)"
    if not actor.may(permission):
        raise Forbidden(
            f"账号 {who_zh} 没有这项权限（{permission}）",
            f"account {who_en} may not do this ({permission})",
            place=", ".join(sorted(str(park) for park in parks if park)) or None,
        )
    foreign = sorted(str(park) for park in set(parks) - (actor.parks or set()) if park)
    raise Forbidden(
        f"账号 {who_zh} 在自己的园区之外没有这项权限（{permission}）：{'、'.join(foreign) or '不属于任何园区的内容'}",
        f"account {who_en} may not do this ({permission}) outside its own parks: {', '.join(foreign) or 'in no park'}",
        place=", ".join(foreign) or None,
    )
