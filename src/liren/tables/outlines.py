"""Boundaries of places from a GeoJSON file (RFC 7946), each feature naming its place by division code.

Degrees of CGCS2000 or, the same to within a metre, WGS 84, longitude first. Nothing is converted: a file that says
it is in another system is refused, and one that says nothing is taken at its word. GCJ-02 cannot be told from the
numbers; whoever exports from a map of the internet must convert before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from liren.places.geometry import Rings, box_of, thinned
from liren.places.models import Place

from .sheets import refuse

#: Properties that may hold the division code.
CODES = ("code", "代码", "区划代码", "统计用区划代码", "adcode")
#: Names of reference systems that need no conversion: CGCS2000 and WGS 84.
SYSTEMS = ("4490", "4326", "crs84", "cgcs2000", "wgs84")
#: Bytes of a file, corners of one boundary: a county at the scale of 1:10 000 is far below.
BYTES, CORNERS = 64_000_000, 60_000
#: Corners are kept to a metre (in millionths of a degree), and thinned to so small a share of the boundary's longer
#: side, which no map shows.
GRAIN, SHARE = 10, 1000


@dataclass
class Outlines:
    """What a file holds: rings by place code, or all that is wrong with it."""

    rings: dict[str, Rings] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    corners: int = 0


class _Bad(ValueError):
    """Why one boundary cannot be taken."""


def read_outlines(file: Path) -> Outlines:
    """Read and check a file; all faults at once. Raises Refusal where it is no GeoJSON at all."""
    tree = _tree(file)
    found = Outlines()
    for number, feature in enumerate(tree["features"], 1):
        try:
            code, rings = _feature(feature)
            if code in found.rings:
                raise _Bad(f"{code} 前面已经有了")
            found.rings[code] = rings
            found.corners += sum(len(ring) // 2 for polygon in rings for ring in polygon)
        except _Bad as fault:
            found.faults.append(_("第 %(number)s 个要素：%(fault)s") % {"number": number, "fault": fault})
    there = set(Place.objects.filter(code__in=list(found.rings)).values_list("code", flat=True))
    found.faults += [
        _("没有地点 %(code)s；请先导入地点") % {"code": code} for code in found.rings if code not in there
    ]
    return found


def _tree(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > BYTES:
            raise refuse(file.name, f"超过 {BYTES // 1_000_000} MB，请分成几个文件")
        tree = json.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as fault:
        raise refuse(file.name, f"打不开：{fault.strerror}") from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise refuse(file.name, "不是 JSON，请导出为 GeoJSON") from None
    if not isinstance(tree, dict) or not isinstance(tree.get("features"), list):
        raise refuse(file.name, "不是 GeoJSON 的 FeatureCollection，请导出为 GeoJSON")
    named = json.dumps(tree.get("crs") or "", ensure_ascii=False).lower().replace(" ", "")
    if tree.get("crs") and not any(one in named for one in SYSTEMS):
        said = "请先转换为 CGCS2000 或 WGS 84 经纬度再导出；这里不做转换"
        raise refuse(file.name, f"坐标系是 {named[:80]}，{said}")
    return tree


def _feature(feature: Any) -> tuple[str, Rings]:
    about = feature.get("properties") if isinstance(feature, dict) else None
    shape = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(about, dict) or not isinstance(shape, dict):
        raise _Bad("没有 properties 或 geometry")
    code = next((str(about[key]).strip() for key in CODES if about.get(key)), "")
    if not code:
        raise _Bad(f"没有区划代码；请写在属性 {'、'.join(CODES)} 之一里")
    kind, told = shape.get("type"), shape.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(told, list):
        raise _Bad(f"{code} 的形状是 {kind}；要 Polygon 或 MultiPolygon")
    polygons = [told] if kind == "Polygon" else told
    try:
        rings = [[_ring(ring) for ring in polygon] for polygon in polygons]
    except _Bad as fault:
        raise _Bad(f"{code}：{fault}") from None
    except (TypeError, ValueError, IndexError, OverflowError):
        raise _Bad(f"{code} 的坐标读不懂") from None
    if not rings or not all(rings):
        raise _Bad(f"{code} 没有坐标")
    if (count := sum(len(ring) // 2 for polygon in rings for ring in polygon)) > CORNERS:
        raise _Bad(f"{code} 有 {count} 个点，最多 {CORNERS} 个；请先抽稀")
    box = box_of(rings)
    least = max(box.east - box.west, box.north - box.south) / SHARE
    return code, [[thinned(ring, least) for ring in polygon] for polygon in rings]


def _ring(ring: list) -> list[int]:
    """A ring in millionths of a degree, kept to a metre, without its last corner, which is the first again."""
    flat: list[int] = []
    for corner in ring:
        lon, lat = float(corner[0]), float(corner[1])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            hint = "像是平面坐标（米），请先转换为经纬度" if abs(lon) > 1000 else "请先写经度，再写纬度"
            raise _Bad(f"（{lon:g}, {lat:g}）不是经纬度；{hint}")
        point = [round(lon * 1e6 / GRAIN) * GRAIN, round(lat * 1e6 / GRAIN) * GRAIN]
        if flat[-2:] != point:
            flat += point
    if flat[:2] == flat[-2:]:
        flat = flat[:-2]
    if len(flat) < 6:
        raise _Bad("一圈不到三个点")
    return flat
