"""Every shipped pack's story plays, on whatever database is configured."""

from pathlib import Path

import pytest

from liren.inforce import shipped_packs
from liren.stories.playing import play

STORIES = sorted(shipped_packs().glob("*/story.md"))


def test_every_shipped_pack_has_a_story():
    packs = {file.parent.name for file in shipped_packs().glob("*/pack.yaml")}
    assert packs == {story.parent.name for story in STORIES}
    assert "grid_case" in packs


@pytest.mark.django_db
@pytest.mark.parametrize("story", STORIES, ids=[story.parent.name for story in STORIES])
def test_the_story_plays(story: Path):
    text = story.read_text(encoding="utf-8")
    assert play(text, file=str(story), pack=story.parent.name) > 10
    assert "不能" in text, "a story also tells what is refused"
