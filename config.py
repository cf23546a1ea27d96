"""Every setting of the app, typed and checked when built. Read from the environment with the prefix ONEMAP_."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
LAST_SUPPORTED_DAY = date(2100, 1, 1)
Speed = Annotated[float, Field(gt=0, le=200)]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Settings(BaseSettings):
    """The settings. Each is documented in docs/settings.md; a test keeps the two in step."""

    model_config = SettingsConfigDict(env_prefix="ONEMAP_", extra="forbid", frozen=True)

    instance_path: Path = Field(default=ROOT / "instance", description="Folder of the database and the caches")
    database_url: str = Field(default="", description="SQLAlchemy address; empty: SQLite in the instance folder")
    host: str = Field(default="127.0.0.1", description="Address the server listens on")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=5000, description="Port (PORT is honoured too)")
    busy_timeout_s: Annotated[float, Field(gt=0, le=120)] = Field(
        default=10.0, description="Wait for the writer's turn"
    )
    basemap_url: str | None = Field(
        default=None, description="XYZ tiles with {z}/{x}/{y}; empty: own vector layers only"
    )
    basemap_attribution: str | None = Field(default=None, description="Shown with the tiles; required with basemap_url")
    map_approval_no: str | None = Field(default=None, description="审图号, shown on the map when set")
    county_cache: Path = Field(default=ROOT / ".cache" / "counties.geojson", description="County boundaries, GeoJSON")
    road_kmh: Speed = Field(default=50.0, description="Speed on the roads of the graph")
    belt_kmh: Speed = Field(default=60.0, description="Speed on the edges of the 320国道 belt")
    access_kmh: Speed = Field(default=25.0, description="Speed on the straight line from a place to the road graph")
    access_limit_km: Annotated[float, Field(gt=0, le=100)] = Field(
        default=10.0, description="Longest such line; a place farther off has no minutes"
    )
    audience: Literal["public", "internal"] = Field(
        default="public", description="Who the pages are for: internal shows what single firms can make"
    )
    trusted_hosts: str = Field(
        default="", description="Host names an internal server answers to besides its own, separated by commas"
    )
    session_hours: Annotated[float, Field(gt=0, le=720)] = Field(default=12.0, description="How long a log-in lasts")
    session_idle_minutes: Annotated[float, Field(gt=0, le=43_200)] = Field(
        default=120.0, description="How long it lasts without being used"
    )
    secure_cookie: bool = Field(
        default=False, description="Cookies over HTTPS only; to be set where the server is reached through HTTPS"
    )
    login_tries_per_account: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="Wrong passwords in 15 minutes, for one account"
    )
    login_tries_per_address: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=50, description="Wrong passwords in 15 minutes, from one address"
    )
    four_eyes: bool = Field(
        default=False,
        description="Who made, merged or decided on a changeset, or goes back to a version, may not publish it",
    )
    upload_bytes: Count = Field(default=50_000_000, description="Most bytes of a boundary file")
    unpacked_bytes: Count = Field(default=200_000_000, description="Most bytes of its archive, unpacked")
    archive_ratio: Annotated[float, Field(ge=1)] = Field(
        default=100.0, description="Most that an archive may shrink its content, to one"
    )
    archive_ratio_from_bytes: Count = Field(default=10_000_000, description="Content from which the ratio counts")
    archive_members: Count = Field(default=200, description="Most files in an archive")
    file_features: Count = Field(default=50_000, description="Most features of a boundary file")
    feature_vertices: Count = Field(default=20_000, description="Most vertices of one feature")
    file_vertices: Count = Field(default=2_000_000, description="Most vertices of a file")
    attribute_bytes: Count = Field(default=64_000, description="Most bytes of one attribute")
    ring_self_crossings: Count = Field(default=100, description="Most self-crossings of a ring that is repaired")
    json_depth: Count = Field(default=32, description="Deepest nesting of JSON in a file")
    geometry_depth: Count = Field(default=8, description="Deepest nesting of a geometry in a file")
    sliver_m: Annotated[float, Field(gt=0, le=10)] = Field(
        default=0.5, description="Gaps and overlaps narrower than this are repaired"
    )
    reading_s: Seconds = Field(default=60.0, description="Longest time for reading one boundary file")
    repair_s: Seconds = Field(default=10.0, description="Longest time for repairing one boundary")
    reading_bytes: Count = Field(default=1_610_612_736, description="Most memory for reading one boundary file")
    belt_width_m: Annotated[float, Field(gt=0, le=50_000)] = Field(default=6000.0, description="Width of the belt")

    @field_validator("basemap_url")
    @classmethod
    def _tiles_are_http_templates(cls, value: str | None) -> str | None:
        if value is None or value == "":
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("ONEMAP_BASEMAP_URL must be an http(s) address")
        if not all(mark in value for mark in ("{z}", "{x}", "{y}")):
            raise ValueError("ONEMAP_BASEMAP_URL must hold {z}, {x} and {y}")
        return value

    @model_validator(mode="after")
    def _tiles_name_their_source(self) -> Self:
        if self.basemap_url and not self.basemap_attribution:
            raise ValueError("ONEMAP_BASEMAP_URL needs ONEMAP_BASEMAP_ATTRIBUTION: tiles are not shown unnamed")
        return self

    @property
    def answered_hosts(self) -> list[str] | None:
        """The host names requests may ask for, so that no foreign name can be pointed at an internal server; None =
        any, as a public server has nothing to hide."""
        if self.audience == "public":
            return None
        named = [name.strip() for name in self.trusted_hosts.split(",") if name.strip()]
        return ["127.0.0.1", "localhost", self.host, *named]

    @model_validator(mode="after")
    def _idle_ends_before_the_session(self) -> Self:
        if self.session_idle_minutes > self.session_hours * 60:
            raise ValueError("ONEMAP_SESSION_IDLE_MINUTES must not be longer than ONEMAP_SESSION_HOURS")
        return self

    @property
    def resolved_database_url(self) -> str:
        """The database's address, the default filled in."""
        return self.database_url or f"sqlite:///{self.instance_path.resolve() / 'onemap.sqlite'}"
