"""The two page layouts of reports, in the units of Word.

``OFFICIAL`` follows GB/T 9704-2012 with the margins of GB/T 33476.2-2016; ``PLAIN`` is the sheet most
offices use for work reports and briefs (margins 2.54/3.18 cm, 28 pt lines), a habit and no norm.
Lengths are twips (1/20 pt) unless the name says otherwise.
"""

from dataclasses import dataclass


def mm(length: float) -> int:
    """Millimetres in twips."""
    return round(length * 1440 / 25.4)


@dataclass(frozen=True, slots=True)
class Layout:
    """``line`` is the exact pitch of body lines, ``grid`` the pitch of the document grid (0: none),
    ``em`` the width of one body character with ``spacing`` taken off."""

    name: str
    top: int
    bottom: int
    left: int
    right: int
    footer: int
    line: int
    grid: int
    spacing: int
    two_sided: bool
    red_head: bool
    body_face: str = "仿宋_GB2312"
    page_face: str = "宋体"
    page_width: int = mm(210)
    page_height: int = mm(297)

    @property
    def em(self) -> int:
        return BODY_SIZE * 10 + self.spacing

    @property
    def text_width(self) -> int:
        return self.page_width - self.left - self.right


# Half points: 3号 16 pt, 2号 22 pt, 4号 14 pt.
BODY_SIZE, TITLE_SIZE, PAGE_SIZE = 32, 44, 28

OFFICIAL = Layout(
    name="official",
    top=mm(34.58),
    bottom=mm(32.58),
    left=mm(28),
    right=mm(26),
    footer=mm(25.5),  # puts the dash 7 mm under the type area (7.5)
    line=579,
    grid=579,
    # 28 characters of 16 pt are 448 pt, the type area holds 442.2: -4 would be 3 twips too wide.
    spacing=-5,
    two_sided=True,
    red_head=True,
)
PLAIN = Layout(
    name="plain",
    top=mm(25.4),
    bottom=mm(25.4),
    left=mm(31.8),
    right=mm(31.8),
    footer=mm(17.5),
    line=560,
    grid=0,
    spacing=0,
    two_sided=False,
    red_head=False,
)
LAYOUTS = {layout.name: layout for layout in (OFFICIAL, PLAIN)}
