"""create_app: the list of what the app is made of."""

from __future__ import annotations

from flask import Flask

from blueprints import (
    api,
    chains,
    commands,
    errors,
    gap_api,
    gaps,
    health,
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
    )
    app.register_blueprint(map.files)
    app.register_blueprint(api.pages)
    app.register_blueprint(gap_api.pages)
    app.register_blueprint(health.pages)
    commands.init_app(app)
    return app
