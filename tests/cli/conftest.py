"""Commands run inside the test: its own home and database, and one pack that a test may spoil."""

import shutil
from types import SimpleNamespace

import pytest

from liren import inforce
from liren.cli.main import main
from liren.inforce import catalogue


@pytest.fixture
def one_pack(tmp_path, monkeypatch, repository):
    """A copy of `grid_case` stands for all shipped packs; the path of its pack.yaml."""
    shutil.copytree(repository / "packs" / "grid_case", tmp_path / "packs" / "grid_case")
    monkeypatch.setattr(inforce, "shipped_packs", lambda: tmp_path / "packs")
    catalogue.cache_clear()
    yield tmp_path / "packs" / "grid_case" / "pack.yaml"
    catalogue.cache_clear()


@pytest.fixture
def command(db, one_pack, tmp_path, settings, monkeypatch, capsys):
    """`command("import", "place", "p.csv")` as `liren` does, in this process: status, stdout, stderr."""
    settings.LIREN_HOME = tmp_path
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> SimpleNamespace:
        try:
            status = main(list(words))
        except SystemExit as stopped:  # argparse: the words themselves are off
            status = stopped.code
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return SimpleNamespace(returncode=status, stdout=printed.out, stderr=printed.err)

    return run
