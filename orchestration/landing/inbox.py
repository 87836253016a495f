"""What is to be landed: the files of known feeds in the order of their paths, what is left alone, and why.

They lie in the inbox, or in a folder of the home where this program leaves files of its own.
Nothing is opened here, and nothing is ever written to the inbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.home import Home
from orchestration.landing import companion, file_names
from orchestration.settings import Settings
from orchestration.sources import FEEDS, SOURCES
from orchestration.sources.base import Feed


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not landed, by its relative path, and one sentence why and what to do."""

    path: str
    sentence: str


@dataclass(frozen=True)
class InboxFile:
    """A file to look at; `relative` is its path below the inbox with forward slashes.

    For a file of our own it is the path below the home. The two never meet: in the inbox a source stands
    first, in ours a folder that is named like no source.
    """

    path: Path
    relative: str
    feed: Feed


@dataclass
class InboxListing:
    """The files of all feeds in the order of their relative paths, links refused, and what is not read."""

    files: list[InboxFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def list_inbox(home: Home, settings: Settings) -> InboxListing:
    """Everything in the inbox and in our own folders: files to look at, files refused, folders left alone.

    A feed that carries content is left alone until the approval of its source is set.
    """
    inbox = home.inbox
    sources = {source.name for source in SOURCES}
    listing = InboxListing()
    for source_folder in _visible(inbox):
        if source_folder.name not in sources or not _is_folder(source_folder):
            listing.notices.append(
                f"inbox/{_shown(source_folder.name)} belongs to no known source; it is not read."
            )
            continue
        for folder in _visible(source_folder):
            listing.files += _feed_files(folder, inbox, settings, listing)
    listing.files += _own_files(home, settings, listing)
    listing.files.sort(key=lambda file: file.relative)
    return listing


def _feed_files(folder: Path, inbox: Path, settings: Settings, listing: InboxListing) -> list[InboxFile]:
    relative = folder.relative_to(inbox).as_posix()
    feed = FEEDS.get(relative)
    if feed is None or not _is_folder(folder):
        listing.notices.append(f"inbox/{_shown(relative)} belongs to no known feed; it is not read.")
        return []
    files = [
        InboxFile(path, path.relative_to(inbox).as_posix(), feed)
        for path in _files_below(folder, inbox, listing)
    ]
    if files and feed.carries_content and not settings.source(feed.source).content_access_approval_id:
        listing.notices.append(
            f"inbox/{feed.folder} carries content and is not read until content_access_approval_id is set "
            f"under [sources.{feed.source}] in adoption.toml."
        )
        return []
    return files


def _own_files(home: Home, settings: Settings, listing: InboxListing) -> list[InboxFile]:
    """Files that this program wrote for its feeds; none before it wrote the first."""
    return [
        InboxFile(path, path.relative_to(home.root).as_posix(), feed)
        for feed, folder in _own_folders(home, settings)
        if _is_folder(folder)
        for path in _files_below(folder, home.root, listing)
        if path.parent == folder
    ]


def _own_folders(home: Home, settings: Settings) -> list[tuple[Feed, Path]]:
    written = [(feed, home.root / feed.written_to) for feed in FEEDS.values() if feed.written_to is not None]
    pulled = [
        (feed, home.pulled / feed.folder)
        for feed in FEEDS.values()
        if feed.pull is not None
        and (not feed.carries_content or settings.source(feed.source).content_access_approval_id)
    ]
    return written + pulled


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _files_below(folder: Path, inbox: Path, listing: InboxListing) -> Iterator[Path]:
    """Files in and below a feed's folder; links are refused, never followed."""
    for entry in _visible(folder):
        relative = entry.relative_to(inbox).as_posix()
        if entry.is_symlink():
            listing.refused.append(
                RefusedFile(_shown(relative), "It is a symbolic link; put the file itself into the inbox.")
            )
        elif entry.is_dir():
            yield from _files_below(entry, inbox, listing)
        elif companion.is_companion(entry.name):
            continue
        elif not _is_utf8(relative):
            listing.refused.append(RefusedFile(_shown(relative), "Its name is not UTF-8; rename it."))
        else:
            yield entry


def _visible(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not file_names.is_ignored(entry.name))


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _shown(text: str) -> str:
    """A name as it can be printed anywhere."""
    return text.encode("utf-8", "backslashreplace").decode()
