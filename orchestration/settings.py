"""Settings of one installation: `adoption.toml` in the home, overridden by ADOPTION_* variables.

Thresholds and mappings that decide figures are seeds of the dbt project, not settings.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from orchestration.errors import WrongUse


class SourceSettings(BaseModel):
    """What is set per source under `[sources.<name>]`."""

    model_config = {"extra": "forbid"}

    content_access_approval_id: str | None = None


class Settings(BaseSettings):
    """Every setting with its default; unknown names are refused."""

    model_config = SettingsConfigDict(env_prefix="ADOPTION_", env_nested_delimiter="__", extra="forbid")

    business_time_zone: str = "America/New_York"
    pseudonym_key_path: Path | None = None
    retention_days: int = Field(default=730, ge=60)
    earliest_date: date = date(2024, 1, 1)
    kept_generations: int = Field(default=10, ge=2)
    duckdb_threads: int = Field(default=2, ge=1)
    duckdb_memory_limit: str = Field(default="4GB", pattern=r"^\d+(\.\d+)?(MB|GB)$")
    sources: dict[str, SourceSettings] = Field(default_factory=dict)

    @field_validator("business_time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is no time zone of the IANA database")
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
