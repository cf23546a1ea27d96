"""Every setting of the app, typed and checked when built. Read from the environment with the prefix ONEMAP_."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
LAST_SUPPORTED_DAY = date(2100, 1, 1)
Speed = Annotated[float, Field(gt=0, le=200)]


class Settings(BaseSettings):
    """The settings. Each is documented in docs/settings.md; a test keeps the two in step."""

    model_config = SettingsConfigDict(env_prefix="ONEMAP_", extra="forbid", frozen=True)

    instance_path: Path = Field(default=ROOT / "instance", description="Folder of the database and the caches")
    database_url: str = Field(default="", description="SQLAlchemy address; empty: SQLite in the instance folder")
    secret_key: SecretStr | None = Field(default=None, description="Will sign sessions; not used yet")
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

    @property
    def resolved_database_url(self) -> str:
        """The database's address, the default filled in."""
        return self.database_url or f"sqlite:///{self.instance_path.resolve() / 'onemap.sqlite'}"
