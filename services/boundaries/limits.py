"""The limits on boundary files, from the settings."""

from __future__ import annotations

from config import Settings
from geo.intake.model import Limits


def limits_of(settings: Settings) -> Limits:
    """What a file may be at most, as this installation is set."""
    return Limits(
        upload_bytes=settings.upload_bytes,
        unpacked_bytes=settings.unpacked_bytes,
        ratio=settings.archive_ratio,
        ratio_from_bytes=settings.archive_ratio_from_bytes,
        members=settings.archive_members,
        features=settings.file_features,
        feature_vertices=settings.feature_vertices,
        file_vertices=settings.file_vertices,
        attribute_bytes=settings.attribute_bytes,
        ring_self_crossings=settings.ring_self_crossings,
        json_depth=settings.json_depth,
        geometry_depth=settings.geometry_depth,
        sliver_m=settings.sliver_m,
        child_s=settings.reading_s,
        repair_s=settings.repair_s,
        child_bytes=settings.reading_bytes,
    )
