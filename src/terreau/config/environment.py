# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every setting an instance can change, read once from the environment and checked.

Each is an environment variable ``TERREAU_<NAME>``; nonsense stops the start with the name of the
variable and what was expected. ``docs/reference/settings.md`` lists them all (a test compares).
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[3]


class Environment(BaseSettings):
    """What an instance is told from outside."""

    model_config = SettingsConfigDict(env_prefix="TERREAU_", extra="ignore")

    mode: Literal["development", "demonstration", "production", "test"] = "development"
    secret_key: str = Field(default="development-only-not-a-secret", min_length=24)
    hosts: list[str] = ["localhost", "127.0.0.1", "[::1]"]
    base_url: str = "http://localhost:8000"
    data_dir: Path = PROJECT_ROOT / "var"
    database_url: str = ""
    side_database_url: str = ""


@cache
def environment() -> Environment:
    """Read the environment once."""
    return Environment()
