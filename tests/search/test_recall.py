"""What is found is what a plain look would find: nothing is missed and nothing added, on both databases."""

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.people.visibility import viewer_of
from liren.records.models import Record
from liren.search.actions import records_indexed
from liren.search.queries import search
from tests.cast import moment
from tests.matters import event

# Few different characters, so that what is asked is often there, and often nearly.
HAN = "路灯道志愿服务队一𬭚"
MARKS = "，。 、（\n"
MIXED = HAN[:4] + "，- \u3000aAbéＢ1２3"
MANY = 8
# The same records are used by all examples: what an example writes, the next one writes over.
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

han = st.text(HAN, max_size=12)
punctuated = st.text(HAN + MARKS, max_size=30)
mixed = st.text(MIXED, max_size=14)


@pytest.fixture
def shelved(cast):
    """Records whose result texts an example fills in, and somebody who may see them."""
    records = [event(cast, title="标题") for _ in range(MANY)]
    viewer = viewer_of(cast.dispatcher, moment("2024-03-05 09:00"))

    def found(texts: list[str], asked: str) -> set[int]:
        for record, text in zip(records, texts, strict=True):
            record.data = {"result": text}
        Record.objects.bulk_update(records, ["data"])
        records_indexed(records)
        hits = search(asked, to=viewer, limit=MANY + 1).hits
        assert len(hits) == len({hit.record.pk for hit in hits})
        return {index for index, record in enumerate(records) if record.pk in {hit.record.pk for hit in hits}}

    return found


def texts(each):
    return st.lists(each, min_size=MANY, max_size=MANY)


@SHARED
@given(texts(punctuated), st.text(HAN, min_size=1, max_size=4))
def test_chinese_is_found_exactly_where_it_stands(shelved, written, asked):
    """From one character on; and never across punctuation, since ``in`` is not either."""
    assert shelved(written, asked) == {i for i, text in enumerate(written) if asked in text}


@SHARED
@given(texts(han), st.integers(0, MANY - 1), st.data())
def test_every_part_of_every_text_finds_it(shelved, written, index, data):
    start = data.draw(st.integers(0, len(written[index])))
    part = written[index][start : data.draw(st.integers(start, len(written[index])))]
    found = shelved(written, part)
    assert found == ({i for i, text in enumerate(written) if part in text} if part else set())


def plainly(text: str) -> str:
    """Folded, every run of marks and blanks one slash: another way to the same end as the house's spelling."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[^\w]+", "/", folded).strip("/")


def plain_look(fields: list[str], asked: str) -> bool:
    """Whether all words of what is asked stand in the fields; Latin words and numbers from their beginning."""
    words = [word for word in map(plainly, asked.split()) if word]
    return bool(words) and all(any(_stands_in(field, word) for field in fields) for word in words)


def _stands_in(field: str, word: str) -> bool:
    return re.search(_begins(word) + re.escape(word), plainly(field)) is not None


def _begins(word: str) -> str:
    if re.match(r"\d", word):
        return r"(?<!\d)"
    return r"(?<![abé])" if re.match("[abé]", word) else ""


@SHARED
@given(texts(mixed), mixed)
def test_words_and_numbers_are_found_from_their_beginning(shelved, written, asked):
    found = shelved(written, asked)
    numbers = list(Record.objects.order_by("pk").values_list("number", flat=True))  # they are searched too
    fields = zip(written, numbers, strict=True)
    assert found == {i for i, field in enumerate(fields) if plain_look(list(field), asked)}


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("路", "修路", "修桥"),
        ("灯", "灯", "打"),
        ("服务队", "志愿服务队", "志愿服务大队"),
        ("志愿服务队", "青禾志愿服务队成立", "志愿 服务队"),
        ("路灯", "道路灯光", "道路，灯光"),
        ("路，灯", "道路。灯光", "道路灯光"),
        ("灯 路", "道路，灯光", "道路"),
        ("3", "第3网格", "第13网格"),
        ("第3网格", "到第3网格去", "到第13网格去"),
        ("liren", "用Liren办", "用xliren办"),
        ("li", "用 LIREN 办", "用 lren 办"),
    ],
)
def test_by_example(shelved, asked, there, not_there):
    assert shelved([there, not_there, *[""] * (MANY - 2)], asked) == {0}


def test_a_long_text_is_found_to_its_last_word(shelved):
    """Longer than the positions that a tsvector keeps, with one character more often than it counts."""
    long = "的路，" * 6000 + "志愿服务队"
    written = [long, "的路", *[""] * (MANY - 2)]
    assert shelved(written, "志愿服务队") == {0}
    assert shelved(written, "路，志愿") == {0}
    assert shelved(written, "的路") == {0, 1}
    assert shelved(written, "路的") == set()
