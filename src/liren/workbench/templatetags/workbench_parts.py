"""What a template cannot say by itself: the suggestions of one box."""

from __future__ import annotations

from django import template

register = template.Library()


@register.simple_tag
def suggested(finds: dict[str, list[str]] | None, name: str) -> list[str]:
    """The names that the box ``name`` suggests."""
    return (finds or {}).get(name, [])
