"""The repository adapter against real git: commits beside a user's own work, and every state it must refuse."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.adapters.git import catch_up, repository
from mlops_gitops.adapters.git.repository import GitRepository
from mlops_gitops.diagnostics import OutsideError, RefusedError, UsageError
from mlops_gitops.ports.repository import Author, HeadMoved

RELEASE = "projects/fraud/releases/staging.yaml"
RENDERED = "rendered/fraud/serving.yaml"
FILES: dict[str, bytes | None] = {
    RELEASE: b"version: 2\n",
    RENDERED: b"version: 2\n",
    "rendered/fraud/new/x.yaml": b"x",
}
MESSAGE = "Release fraud v2 to staging\n\nMlops-Action: deploy\n"


def test_a_commit_holds_exactly_its_files_and_leaves_a_clean_tree(place: Any) -> None:
    before = place.head()
    sha = place.open().commit_files(FILES, MESSAGE, place.bot)
    assert place.head() == sha
    assert place.git("rev-parse", "HEAD^").strip() == before
    assert place.git("diff-tree", "-r", "--name-only", "--no-commit-id", "HEAD").split() == sorted(FILES)
    assert place.git("log", "-1", "--format=%an <%ae> %cn <%ce>%n%B").strip() == (
        f"{place.bot} {place.bot}\n{MESSAGE}".strip()
    )
    assert place.status() == ""
    assert (place.root / "rendered/fraud/new/x.yaml").read_bytes() == b"x"
    assert "mlops-gitops: Release fraud v2" in place.git("reflog", "-1")


def test_what_others_edited_and_staged_stays_as_it_was(place: Any) -> None:
    place.write("notes.txt", "staged\n")
    place.write("added.txt", "staged too\n")
    place.git("add", "notes.txt", "added.txt")
    place.write("notes.txt", "edited after staging\n")
    place.write("untracked.txt", "mine\n")
    before, staged = place.status(), place.git("diff", "--cached")
    place.open().commit_files(FILES, MESSAGE, place.bot)
    assert (place.status(), place.git("diff", "--cached")) == (before, staged)
    assert place.git("show", "HEAD:notes.txt") == "first\n"


def test_a_deletion_goes_from_commit_index_and_disk_with_its_empty_folder(place: Any) -> None:
    place.open().commit_files({RENDERED: None, "never/there.yaml": None}, MESSAGE, place.bot)
    assert place.status() == ""
    assert "rendered" not in place.git("ls-tree", "--name-only", "HEAD")
    assert not (place.root / "rendered").exists()


def test_the_same_files_again_make_no_commit(place: Any) -> None:
    opened = place.open()
    sha = opened.commit_files(FILES, MESSAGE, place.bot)
    assert opened.commit_files(FILES, MESSAGE, place.bot) == sha
    assert opened.commit_files({}, MESSAGE, place.bot) == sha


@pytest.mark.parametrize(
    ("path", "how"),
    [
        (RENDERED, "edited"),
        (RENDERED, "staged"),
        (RENDERED, "removed"),
        (RENDERED, "link"),
        ("rendered/fraud/new/x.yaml", "untracked"),
        ("rendered/fraud/ignored.tmp", "untracked"),
        ("rendered/fraud", "folder link"),
    ],
)
def test_files_with_changes_of_their_own_are_refused_and_kept(place: Any, path: str, how: str) -> None:
    on_disk = place.root / path
    if how == "removed":
        on_disk.unlink()
    elif how == "link":
        on_disk.rename(place.root / "elsewhere.tmp")
        on_disk.symlink_to(place.root / "elsewhere.tmp")
    elif how == "folder link":
        on_disk.rename(place.root / "moved.tmp")
        on_disk.symlink_to(place.root / "moved.tmp")
    else:
        place.write(path, "mine\n")
    if how == "staged":
        place.git("add", path)
        place.write(path, "version: 1\n")
    head, status = place.head(), place.status()
    with pytest.raises(RefusedError, match="changes of their own") as refused:
        place.open().commit_files({**FILES, "rendered/fraud/ignored.tmp": b"i"}, MESSAGE, place.bot)
    assert path in refused.value.where
    assert (place.head(), place.status()) == (head, status)


def test_files_that_hold_the_new_content_already_are_no_obstacle(place: Any) -> None:
    place.write(RENDERED, "version: 2\n")
    place.git("add", RENDERED)
    place.write("rendered/fraud/new/x.yaml", "x")
    place.open().commit_files(FILES, MESSAGE, place.bot)
    assert place.status() == ""


def test_a_detached_head_is_refused(place: Any) -> None:
    place.git("checkout", "--quiet", "--detach")
    opened = place.open()
    assert opened.branch() is None
    with pytest.raises(RefusedError, match="HEAD is detached"):
        opened.commit_files(FILES, MESSAGE, place.bot)
    assert place.status() == ""


def test_no_repository_a_bare_one_and_one_without_a_commit_say_so(empty: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a git repository"):
        GitRepository(tmp_path)
    empty.git("init", "--quiet", "--bare", str(tmp_path / "bare"))
    with pytest.raises(UsageError, match="bare"):
        GitRepository(tmp_path / "bare")
    opened = empty.open()
    assert opened.branch() == "main"
    for ask in (opened.head, lambda: opened.commit_files(FILES, MESSAGE, empty.bot)):
        with pytest.raises(UsageError, match="no commit yet"):
            ask()


def test_a_stale_parent_is_told_apart_and_nothing_is_written(place: Any) -> None:
    stale = place.head()
    place.write("notes.txt", "second\n")
    place.commit_all("Somebody else")
    with pytest.raises(HeadMoved):
        place.open().commit_files(FILES, MESSAGE, place.bot, parent=stale)
    assert place.status() == ""


def test_a_branch_that_moves_in_the_last_moment_wins(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    build = repository.build_commit

    def build_while_somebody_commits(*arguments: Any) -> Any:
        built = build(*arguments)
        place.write("notes.txt", "second\n")
        place.commit_all("Somebody else")
        return built

    monkeypatch.setattr(repository, "build_commit", build_while_somebody_commits)
    opened = place.open()
    with pytest.raises(HeadMoved):
        opened.commit_files(FILES, MESSAGE, place.bot)
    assert place.git("log", "-1", "--format=%s").strip() == "Somebody else"
    assert place.status() == ""
    assert opened.mend() == ()


def test_commits_at_the_same_time_all_arrive(place: Any) -> None:
    def commit(number: int) -> None:
        own = GitRepository(place.root)
        while True:
            try:
                own.commit_files({f"projects/fraud/{number}.txt": b"x"}, f"Number {number}\n", place.bot)
                break
            except HeadMoved:
                continue
        own.close()

    threads = [threading.Thread(target=commit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(place.git("log", "-4", "--format=%s").splitlines()) == [f"Number {number}" for number in range(4)]
    assert place.status() == ""


def test_hooks_do_not_run_and_modes_stay(place: Any) -> None:
    hook = place.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (place.root / RENDERED).chmod(0o755)
    place.git("add", RENDERED)
    place.git("commit", "--quiet", "--no-verify", "--message", "Executable")
    place.open().commit_files(FILES, MESSAGE, place.bot)
    assert place.git("ls-tree", "HEAD", RENDERED).startswith("100755")
    assert (place.root / RENDERED).stat().st_mode & 0o111
    assert place.status() == ""


def test_a_linked_worktree_commits_on_its_own_branch(place: Any, tmp_path: Path) -> None:
    main = place.head()
    linked = tmp_path / "linked"
    place.git("worktree", "add", "--quiet", "-b", "side", str(linked))
    opened = place.open(linked)
    sha = opened.commit_files(FILES, MESSAGE, place.bot)
    assert (opened.branch(), opened.head()) == ("side", sha)
    assert place.head() == main
    assert place.status() == ""
    assert place.git("status", "--porcelain", cwd=linked) == ""


def test_a_shallow_clone_commits_and_marks_where_its_history_ends(place: Any, tmp_path: Path) -> None:
    place.write("notes.txt", "second\n")
    boundary = place.commit_all("Second")
    shallow = tmp_path / "shallow"
    place.git("clone", "--quiet", "--depth=1", place.root.as_uri(), str(shallow))
    opened = place.open(shallow)
    sha = opened.commit_files(FILES, MESSAGE, place.bot)
    assert [(commit.sha, commit.boundary) for commit in opened.log(RELEASE)] == [(sha, False), (boundary, True)]
    with pytest.raises(UsageError, match="no commit is called") as missing:
        opened.resolve("HEAD~2")
    assert "shallow" in missing.value.todo


def test_a_product_root_below_the_top_folder(place: Any) -> None:
    place.write("platform/projects/fraud/config.yaml", "a: 1\n")
    place.commit_all("A platform in a folder of its own")
    opened = place.open(place.root / "platform")
    assert list(opened.tree("HEAD").files("")) == ["projects/fraud/config.yaml"]
    opened.commit_files({"projects/fraud/config.yaml": b"a: 2\n", "rendered/x.yaml": b"x"}, MESSAGE, place.bot)
    assert place.git("show", "HEAD:platform/rendered/x.yaml") == "x"
    assert place.status() == ""
    place.write("platform/rendered/x.yaml", "mine")
    place.write("notes.txt", "outside of the root\n")
    assert opened.is_dirty() == ("rendered/x.yaml",)
    assert len(opened.log("projects/fraud/config.yaml")) == 2
    assert opened.tree("HEAD~2").read("projects/fraud/config.yaml") is None


def test_a_git_environment_inherited_from_a_hook_diverts_nothing(
    place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    place.git("clone", "--quiet", str(place.root), str(other))
    untouched = place.git("rev-parse", "HEAD", cwd=other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git/objects"))
    sha = place.open().commit_files(FILES, MESSAGE, place.bot)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.delenv(name)
    assert place.head() == sha
    assert place.status() == ""
    assert place.git("rev-parse", "HEAD", cwd=other) == untouched


def test_line_end_conversion_does_not_look_like_an_edit(place: Any) -> None:
    place.git("config", "core.autocrlf", "true")
    (place.root / RENDERED).write_bytes(b"version: 1\r\n")
    place.open().commit_files(FILES, MESSAGE, place.bot)
    assert place.git("cat-file", "blob", f"HEAD:{RENDERED}") == "version: 2\n"
    assert place.status() == ""


def test_a_sparse_checkout_stays_sparse(place: Any) -> None:
    place.git("sparse-checkout", "set", "--no-cone", "/notes.txt", "/.gitignore")
    assert not (place.root / RENDERED).exists()
    place.open().commit_files({RENDERED: b"version: 2\n"}, MESSAGE, place.bot)
    assert not (place.root / RENDERED).exists()
    assert place.git("show", f"HEAD:{RENDERED}") == "version: 2\n"
    assert place.status() == ""


def test_a_locked_index_leaves_a_note_that_the_next_command_finishes(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "_LOCK_PATIENCE_S", 0.2)
    before, lock = place.head(), place.root / ".git/index.lock"
    lock.touch()
    opened = place.open()
    with pytest.raises(OutsideError, match="update-index") as trouble:
        opened.commit_files(FILES, MESSAGE, place.bot)
    assert "index.lock" in trouble.value.why
    assert place.head() != before
    lock.unlink()
    assert opened.mend() == tuple(sorted(FILES))
    assert place.status() == ""
    assert opened.mend() == ()


def test_who_sits_here_is_asked_of_git_and_never_guessed(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = place.open()
    assert opened.person() == Author("A. Author", "author@localhost")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "B. Reviewer")
    assert opened.person().name == "B. Reviewer"
    place.git("config", "--unset", "user.email")
    with pytest.raises(UsageError, match="does not know who you are") as unknown:
        opened.person()
    assert "git config user.name" in unknown.value.todo


def test_what_git_cannot_write_as_an_author_is_refused() -> None:
    for name, email in (("", "a@b"), ("A\nB", "a@b"), ("A", "<a@b>")):
        with pytest.raises(ValueError, match="not a name or address"):
            Author(name, email)


def test_a_folder_that_belongs_to_another_is_not_trusted(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # Git's own switch for its tests.
    with pytest.raises(OutsideError) as trouble:
        GitRepository(place.root)
    assert "dubious ownership" in trouble.value.why
    assert "safe.directory" in trouble.value.todo


@pytest.mark.parametrize("rev", ["nowhere", "-x", "--all", "HEAD~9", "HEAD:notes.txt", ""])
def test_a_revision_that_is_none_is_a_usage_error(place: Any, rev: str) -> None:
    with pytest.raises(UsageError, match="no commit is called"):
        place.open().resolve(rev)


def test_dirty_files_below_a_path(place: Any) -> None:
    opened = place.open()
    assert opened.is_dirty() == ()
    place.write(RENDERED, "edited\n")
    place.write("notes.txt", "staged\n")
    place.git("add", "notes.txt")
    place.write("projects/a name with spaces.txt", "new\n")
    assert opened.is_dirty() == ("notes.txt", "projects/a name with spaces.txt", RENDERED)
    assert opened.is_dirty(["projects", RENDERED]) == ("projects/a name with spaces.txt", RENDERED)


def test_one_commit_and_the_history_of_a_file(place: Any) -> None:
    opened = place.open()
    sha = opened.commit_files(FILES, MESSAGE, place.bot)
    place.write("notes.txt", "second\n")
    place.commit_all("Not about the release")
    newest, oldest = opened.log(RELEASE)
    assert (newest.sha, newest.author, newest.subject) == (sha, place.bot, "Release fraud v2 to staging")
    assert newest.parents == (oldest.sha,)
    assert newest.message.rstrip().endswith("Mlops-Action: deploy")
    assert newest.committed_at.utcoffset() is not None
    assert opened.commit(sha) == newest
    assert opened.log(RELEASE, oldest.sha) == (oldest,)


@pytest.mark.parametrize("path", ["../x", "/x", "a//b", ".git/config", "a/.GIT/x", "a\nb", '"a"', ""])
def test_paths_that_leave_the_root_are_a_mistake_of_the_caller(place: Any, path: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        place.open().commit_files({path: b"x"}, MESSAGE, place.bot)


def test_many_files_fit(place: Any) -> None:
    many: dict[str, bytes | None] = {f"rendered/many/{'x' * 100}-{number}.yaml": b"x" for number in range(1200)}
    place.open().commit_files(many, MESSAGE, place.bot)
    assert place.status() == ""
    assert len(subprocess.check_output(["git", "ls-files", "rendered/many"], cwd=place.root).splitlines()) == 1200


def test_the_commits_between_two_revisions(place: Any) -> None:
    first = place.head()
    place.write("notes.txt", "second\n")
    second = place.commit_all("Second\n\nApproved-Gate: @risk-office")
    place.write("notes.txt", "third\n")
    third = place.commit_all("Third")
    opened = place.open()
    assert [one.sha for one in opened.between(first, "HEAD")] == [third, second]
    assert opened.between(first, second)[0].message.rstrip().endswith("Approved-Gate: @risk-office")
    assert opened.between("HEAD", first) == ()
