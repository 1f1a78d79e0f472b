"""What an import or export is tried on: the county of the records' tests."""

from tests.records.conftest import county, county_maker, empty_again, packs

__all__ = ["county", "county_maker", "empty_again", "packs"]
