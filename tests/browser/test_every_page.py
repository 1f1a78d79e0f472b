"""Every page in every dress: zero findings of axe-core, nothing wider than the window, nothing wrong behind it."""

import pytest

from tests.browser import axe
from tests.browser.chromium import DESKTOP, FOURFOLD, PHONE, Screen
from tests.browser.pages import visited

PAGES = visited()
DRESSES: dict[str, tuple[Screen, dict]] = {
    "desktop": (DESKTOP, {}),
    "phone-dark": (PHONE, {"dark": True}),
    "elder": (PHONE, {"elder": True}),
    "elder-dark-english": (PHONE, {"elder": True, "theme": "dark", "lang": "en"}),
    "fourfold-english": (FOURFOLD, {"lang": "en"}),
    "fourfold-dark": (FOURFOLD, {"theme": "dark"}),
}


#: What pages with `few` are looked over in: those few people see.
FEW = ("desktop", "elder-dark-english")


def worn(dress: str, person: str) -> dict[str, dict]:
    """The pages of a person that are looked over in a dress."""
    return {
        name: page
        for name, page in PAGES.items()
        if page.get("person", "") == person and (dress in FEW or not page.get("few"))
    }


PEOPLE = sorted({page.get("person", "") for page in PAGES.values()})


@pytest.mark.parametrize(("dress", "person"), [(d, p) for d in DRESSES for p in PEOPLE if worn(d, p)])
def test_every_page_is_whole_in_every_dress(reader, answers, dress, person):
    screen, wishes = DRESSES[dress]
    somebody = reader(screen, person=person, **wishes)
    told = []
    for name, page in worn(dress, person).items():
        try:
            somebody.open(page["path"], status=page.get("status", 200))
            answers.setdefault((name, wishes.get("lang", "zh")), somebody.said)
        except AssertionError as fault:
            told.append(f"{name}: {fault}")
    assert not told, "\n".join(told)


def test_axe_does_find_faults(reader):
    """A page looked over by a checker that finds nothing in this would not have been looked over at all."""
    if not axe.SOURCE.exists():
        pytest.skip(axe.MISSING)
    page = reader().open("/about/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"data:,\"><button></button>')"
    )
    found = {line.partition(":")[0] for line in axe.violations(page)}
    assert {"image-alt", "button-name"} <= found
