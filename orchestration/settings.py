"""Settings of one installation: `adoption.toml` in the home, overridden by ADOPTION_* variables.

Thresholds and mappings that decide figures are seeds of the dbt project, not settings.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from orchestration.errors import WrongUse

# A name no secret has: vendors' secrets mix small and capital letters or hold hyphens.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_SECRETS = frozenset({"secret", "token", "api_key", "key", "password", "bearer", "credential"})


class SourceSettings(BaseModel):
    """What is set per source under `[sources.<name>]`.

    `mode`: its files come into the inbox, or are pulled from the vendor's API as well. `secret_env` is the
    name of the environment variable that holds the secret; the secret itself has no place in a file.
    With `token_url` and `client_id` the secret is a client's, for which an access token is asked there.
    `parameters` are what the vendor's addresses ask for, such as the organisation. `feeds`: which of its
    feeds are pulled, all that can be where nothing is said.
    """

    model_config = {"extra": "forbid", "hide_input_in_errors": True}

    content_access_approval_id: str | None = None
    mode: Literal["files", "api"] = "files"
    base_url: str | None = None
    secret_env: str | None = None
    token_url: str | None = None
    client_id: str | None = None
    parameters: dict[str, str] = Field(default_factory=dict)
    feeds: list[str] | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_secret(cls, given: Any) -> Any:
        if isinstance(given, dict) and (found := _SECRETS & {str(name).lower() for name in given}):
            raise ValueError(
                f"{min(found)} does not belong into a file; put the secret into an environment variable and "
                "its name into secret_env"
            )
        return given

    @field_validator("secret_env")
    @classmethod
    def _names_a_variable(cls, value: str | None) -> str | None:
        if value is not None and not _VARIABLE.fullmatch(value):
            raise ValueError(
                "is to be the name of an environment variable (capital letters, digits, _), "
                "not the secret itself"
            )
        return value


class Settings(BaseSettings):
    """Every setting with its default; unknown names are refused."""

    model_config = SettingsConfigDict(env_prefix="ADOPTION_", env_nested_delimiter="__", extra="forbid")

    business_time_zone: str = "America/New_York"
    pseudonym_key_path: Path | None = None
    retention_days: int = Field(default=730, ge=60)
    earliest_date: date = date(2024, 1, 1)
    kept_generations: int = Field(default=10, ge=2)
    kept_runs: int = Field(default=60, ge=1)
    duckdb_threads: int = Field(default=2, ge=1)
    duckdb_memory_limit: str = Field(default="4GB", pattern=r"^\d+(\.\d+)?(MB|GB)$")
    # The variable, or the file by its whole path, that holds the addresses alerts go to; they hold secrets.
    alert_urls_from: str | None = None
    sources: dict[str, SourceSettings] = Field(default_factory=dict)

    @field_validator("business_time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is no time zone of the IANA database")
        return value

    @field_validator("alert_urls_from")
    @classmethod
    def _names_a_variable_or_a_file(cls, value: str | None) -> str | None:
        if value is not None and (
            "://" in value or not (value.startswith("/") or _VARIABLE.fullmatch(value))
        ):
            raise ValueError(
                "is to be the name of an environment variable, or the whole path of a file, that holds the "
                "addresses; not an address itself"
            )
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone; the schedule and the default date follow it."""
        return ZoneInfo(self.business_time_zone)

    def source(self, name: str) -> SourceSettings:
        """The settings of one source, defaults where the file says nothing."""
        return self.sources.get(name, SourceSettings())


def load_settings(home: Path) -> Settings:
    """Read `<home>/adoption.toml` and the environment; raises WrongUse naming the setting that is wrong."""
    toml_path = home / "adoption.toml"

    class HomeSettings(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, toml_file=toml_path)

    try:
        return HomeSettings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise WrongUse(f"Setting {name} in {toml_path} or its ADOPTION_ variable: {first['msg']}.") from None
    except ValueError:
        raise WrongUse(f"{toml_path} is not valid TOML; correct it and run again.") from None


def default_home() -> Path:
    """`$ADOPTION_HOME`, else `./data`."""
    return Path(os.environ.get("ADOPTION_HOME", "data"))
