"""What becomes of a finished candidate: it is published, held, or released by a person.

Building it, judging it, and going back to an older generation belong elsewhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from orchestration import durable, fault_points, lock, pseudonym
from orchestration.errors import NotPublishable, RunFailed, WrongUse
from orchestration.home import IDENTITY_FILE, PUBLISHED_FILES, Home
from orchestration.publishing import held, manifest, publication_log, published, recovery, verdict
from orchestration.publishing.candidate import fill_candidate
from orchestration.publishing.manifest import FileEntry, Manifest, ManifestDraft, Release
from orchestration.publishing.verdict import Verdict
from orchestration.settings import load_settings

# Nobody writes to a published file, its owner neither: dbt or a client started on it by hand is refused.
_FILE_MODES = {name: 0o440 for name in PUBLISHED_FILES} | {IDENTITY_FILE: 0o400}


def publish(home: Home, draft: ManifestDraft) -> Manifest:
    """Put work/candidate in force as the next generation; its manifest.

    Needs the run lock. Raises NotPublishable unless work/verdict.json, as the gate wrote it, passed exactly
    these bytes of exactly this run, on the generation still in force; then, as with RunFailed before the
    switch, readers stay where they were. Holds are superseded, and generations beyond `kept_generations`
    removed.
    """
    lock.require(home)
    with durable.disk_errors("Publishing"):
        recovery.make_directories(home)
        with lock.publication_lock(home):
            recovery.recover(home)
            found = verdict.read(verdict.verdict_path(home), _seal_key(home))
            return _publish(home, draft, found, release=None)


def hold(home: Home, draft: ManifestDraft) -> Path:
    """Move work/candidate with its verdict and draft to held/<run_id>; the path of that. Older holds go.

    Needs the run lock. Raises NotPublishable unless work/verdict.json holds exactly these bytes.
    """
    lock.require(home)
    with durable.disk_errors("Holding the candidate"):
        recovery.make_directories(home)
        with lock.publication_lock(home):
            recovery.recover(home)
            found = verdict.read(verdict.verdict_path(home), _seal_key(home))
            if found.outcome != "held":
                raise RunFailed("The gate passed this candidate, so there is nothing to hold; publish it.")
            _check_run(found, draft)
            _check_bytes(found, published.file_hashes(home.candidate))
            return _move_to_held(home, draft, found)


def release(home: Home, reason: str, released_by: str) -> Manifest:
    """Publish the held candidate on a person's responsibility, recorded in its manifest; that manifest.

    Needs the run lock. Raises WrongUse without a reason, a name or a hold, NotPublishable if bytes, draft or
    verdict are not those that were held or another generation came into force since.
    """
    lock.require(home)
    if not reason.strip() or not released_by.strip():
        raise WrongUse("A release needs a reason and the name of who takes it on; give both.")
    with durable.disk_errors("Releasing the held candidate"):
        recovery.make_directories(home)
        with lock.publication_lock(home):
            recovery.recover(home)
            waiting = held.held_candidates(home)
            if not waiting:
                raise WrongUse("No candidate is held, so there is nothing to release. See `adoption status`.")
            return _release(home, waiting[0], reason.strip(), released_by.strip())


def _release(home: Home, waiting: held.HeldCandidate, reason: str, released_by: str) -> Manifest:
    record = Release(reason=reason, released_by=released_by, released_at=datetime.now(UTC))
    found = verdict.read(waiting.directory / held.VERDICT_FILE, _seal_key(home))
    _check_allowed(home, found, record)
    # A copy, not the held files themselves: a kill leaves the hold whole, to be released again.
    hashes = published.file_hashes(waiting.directory / held.CANDIDATE)
    _check_bytes(found, hashes)
    durable.empty_directory(home.work)
    fill_candidate(home, waiting.directory / held.CANDIDATE, hashes)
    return _publish(home, waiting.draft, found, record)


def _publish(home: Home, draft: ManifestDraft, found: Verdict, release: Release | None) -> Manifest:
    kept_generations = load_settings(home.root).kept_generations
    _check_allowed(home, found, release)
    _check_run(found, draft)
    fault_points.reach("publish.before_hash")
    _set_modes(home.candidate)
    stamps = _stamps(home.candidate)
    hashes = published.file_hashes(home.candidate)
    _check_bytes(found, hashes)
    _check_unshared(home.candidate)
    new = Manifest(
        **draft.model_dump(),
        generation=published.next_number(home),
        previous_generation=found.base_generation,
        files={
            name: FileEntry(sha256=sha256, bytes=(home.candidate / name).stat().st_size)
            for name, sha256 in hashes.items()
        },
        verdict=found,
        release=release,
    )
    manifest.write(home.candidate, new)
    durable.sync_tree(home.candidate)
    fault_points.reach("publish.after_manifest")
    directory = published.directory_of(home, new.generation)
    durable.rename(home.candidate, directory)
    fault_points.reach("publish.after_rename")
    _check_untouched(directory, stamps)
    durable.point_symlink(home.current, directory.name)
    fault_points.reach("publish.after_symlink")
    recovery.write_current_json(home, new.generation)
    fault_points.reach("publish.after_current_json")
    publication_log.append(
        home, new.generation, "published" if release is None else "released", datetime.now(UTC)
    )
    held.remove_superseded(home)
    _prune(home, kept_generations)
    fault_points.reach("publish.after_prune")
    return new


def _check_allowed(home: Home, found: Verdict, release: Release | None) -> None:
    if found.outcome == "held" and release is None:
        raise NotPublishable(
            f"The gate held this candidate ({found.reason_held}). Correct the cause, or `adoption release "
            "--reason`."
        )
    in_force = published.number_in_force(home)
    if found.base_generation != in_force:
        raise NotPublishable(
            f"The candidate was built on generation {found.base_generation or 'none'}, and "
            f"{in_force or 'none'} is in force now: publishing it would undo what came between. "
            "Run `adoption nightly` again."
        )


def _check_bytes(found: Verdict, hashes: dict[str, str]) -> None:
    if verdict.candidate_sha256(hashes) != found.candidate_sha256:
        raise NotPublishable(
            "The verdict is about other bytes than the candidate's: that was changed after the audit, or "
            "the verdict is an old one. Run `adoption nightly` again."
        )


def _check_run(found: Verdict, draft: ManifestDraft) -> None:
    if found.draft_sha256 != draft.sha256:
        raise NotPublishable(
            "The verdict is about another run: with another id, other dates, deliveries, models or settings "
            "than this one. Run `adoption nightly` again."
        )


def _check_unshared(candidate: Path) -> None:
    """Raise NotPublishable if a file has a second name, under which it could be written to for ever."""
    for name in PUBLISHED_FILES:
        if (candidate / name).stat().st_nlink != 1:
            raise NotPublishable(
                f"{candidate / name} has another name elsewhere (a hard link), through which it could still "
                "be changed. Remove that, then run `adoption nightly` again."
            )


def _seal_key(home: Home) -> bytes:
    return pseudonym.read_key(pseudonym.key_path(home, load_settings(home.root)))


def _set_modes(candidate: Path) -> None:
    published.check_entries(candidate)
    candidate.chmod(recovery.PUBLISHED_MODE)
    for name, mode in _FILE_MODES.items():
        (candidate / name).chmod(mode)


def _stamps(directory: Path) -> list[tuple[int, ...]]:
    """What changes whenever a file is written to or exchanged, rename of the directory aside."""
    found = [(directory / name).stat() for name in PUBLISHED_FILES]
    return [(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for s in found]


def _check_untouched(directory: Path, stamps: list[tuple[int, ...]]) -> None:
    published.check_entries(directory)
    if _stamps(directory) != stamps:
        raise NotPublishable(
            f"Files of {directory} were changed while they were being published, so it was not put in "
            "force. End what writes to work/, then run `adoption nightly` again."
        )


def _move_to_held(home: Home, draft: ManifestDraft, found: Verdict) -> Path:
    staging, target = home.work / "hold", home.held / draft.run_id
    staging.mkdir(mode=recovery.PRIVATE_MODE)
    record = held.HoldRecord(held_at=datetime.now(UTC), after_generation=publication_log.last_published(home))
    durable.write_file(staging / held.DRAFT_FILE, draft.model_dump_json(indent=2).encode(), 0o600)
    durable.write_file(staging / held.HOLD_FILE, record.model_dump_json(indent=2).encode(), 0o600)
    verdict.write(staging / held.VERDICT_FILE, found, _seal_key(home))
    durable.rename(home.candidate, staging / held.CANDIDATE)
    durable.sync_tree(staging)
    if target.exists():
        durable.remove_tree(target)
    durable.rename(staging, target)
    fault_points.reach("hold.after_move")
    held.remove_superseded(home)
    return target


def _prune(home: Home, kept_generations: int) -> None:
    """Keep the generations that were in force last; those a rollback went back to count from then."""
    recency = {number: position for position, number in enumerate(publication_log.in_force_order(home))}
    by_recency = sorted(published.kept_numbers(home), key=lambda number: (recency.get(number, -1), number))
    for number in by_recency[:-kept_generations]:
        publication_log.append(home, number, "pruned", datetime.now(UTC))
        durable.remove_tree(published.directory_of(home, number))
