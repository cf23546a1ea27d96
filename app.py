"""create_app: the list of what the app is made of."""

from __future__ import annotations

from flask import Flask

from blueprints import (
    access,
    admin,
    api,
    boundaries,
    boundary_changesets,
    boundary_editor,
    boundary_history,
    boundary_packages,
    boundary_uploads,
    chains,
    commands,
    errors,
    gap_api,
    gaps,
    health,
    login,
    map,
    parks,
    policies,
    studio,
    targets,
    web,
    what_if,
)
from config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The app over its settings (read from the environment when not given)."""
    settings = settings or commands.settings_or_exit()
    app = Flask(__name__)
    app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["TRUSTED_HOSTS"] = settings.answered_hosts
    app.extensions[web.EXTENSION] = {"settings": settings, "database": commands.database_or_exit(settings)}
    web.init_app(app)
    errors.init_app(app)
    access.init_app(app)
    web.register_pages(
        app,
        map.pages,
        parks.pages,
        chains.pages,
        gaps.pages,
        what_if.pages,
        policies.pages,
        targets.pages,
        studio.pages,
        login.pages,
        admin.pages,
        boundary_editor.pages,
        boundary_packages.pages,
        boundaries.pages,
        boundary_changesets.pages,
        boundary_history.pages,
        boundary_uploads.pages,
    )
    app.register_blueprint(map.files)
    app.register_blueprint(api.pages)
    app.register_blueprint(gap_api.pages)
    app.register_blueprint(health.pages)
    app.register_blueprint(boundary_editor.data)
    commands.init_app(app)
    access.refuse_unnamed(app)
    return app
