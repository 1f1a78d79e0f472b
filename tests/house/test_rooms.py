"""Imports run one way: faces → nouns → packs → the standard library (house §2)."""

import sys

from tests.house.source import ROOT, listing, modules

PACKS = {"packs"}
NOUNS = {
    "activities", "changes", "content", "exams", "figures", "following", "joining", "notices", "people",
    "places", "points", "privacy", "records", "reports", "search", "tables", "trail",
}  # fmt: skip
FACES = {"api", "cli", "console", "demo", "operating", "portal", "signin", "stories", "workbench"}
SHARED = {"forms", "look"}  # what the faces share: they know the nouns, and no face
GROUND = {"database"}  # under the nouns: knows none of them
NOT_ROOMS = {"locale", "static", "templates", "__pycache__"}

# The pack language runs anywhere, in an editor's plug-in too: no web framework, no database.
PACKS_MAY_IMPORT = {"pydantic", "pydantic_core", "yaml", "typing_extensions"}
# `liren …` starts the other faces; the demo plays stories. Otherwise faces do not know one another.
FACES_MAY_IMPORT_FACES = {"cli": FACES, "demo": {"stories"}}


MAY_NOT_KNOW = (
    dict.fromkeys(NOUNS, FACES | SHARED)
    | dict.fromkeys(SHARED, FACES)
    | dict.fromkeys(GROUND, FACES | SHARED | NOUNS | PACKS)
)


def liren_room(imported: str) -> str | None:
    parts = imported.split(".")
    return parts[1] if parts[0] == "liren" and len(parts) > 1 and (ROOT / parts[1]).is_dir() else None


def test_every_room_has_its_place_in_the_order():
    rooms = {path.name for path in ROOT.iterdir() if path.is_dir()} - NOT_ROOMS
    known = PACKS | NOUNS | SHARED | FACES | GROUND
    assert not rooms - known, f"say in this file what {rooms - known} may import"


def test_the_pack_language_stands_on_the_standard_library_alone():
    wrong = []
    for module in modules():
        if module.room in PACKS:
            for node, imported in module.imports():
                top = imported.partition(".")[0]
                fits = top in sys.stdlib_module_names or top in PACKS_MAY_IMPORT
                if not fits and not imported.startswith("liren.packs"):
                    wrong.append(f"{module.where(node)} imports {imported}")
    assert not wrong, listing(wrong, "liren.packs knows neither Django nor the other rooms:")


def test_nouns_do_not_know_the_faces():
    wrong = [
        f"{module.where(node)} imports {imported}"
        for module in modules()
        if module.room in MAY_NOT_KNOW
        for node, imported in module.imports()
        if liren_room(imported) in MAY_NOT_KNOW[module.room]
    ]
    assert not wrong, listing(wrong, "nouns are asked by faces, never the other way round:")


def test_faces_do_not_know_one_another():
    wrong = []
    for module in modules():
        if module.room in FACES:
            allowed = FACES_MAY_IMPORT_FACES.get(module.room, set()) | {module.room}
            for node, imported in module.imports():
                room = liren_room(imported)
                if room in FACES and room not in allowed:
                    wrong.append(f"{module.where(node)} imports {imported}")
    assert not wrong, listing(wrong, "what two faces share belongs to a noun:")
