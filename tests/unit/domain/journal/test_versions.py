"""A record whose fields change is another version: journals of older releases are told apart."""

from pathlib import Path

from tools.record_shapes import TABLE, lines


def test_no_field_of_a_record_changes_without_a_new_version(project_root: Path) -> None:
    """CA-01: raise `VERSION`, then add the line by `python -m tools.record_shapes`."""
    known = (project_root / TABLE).read_text().splitlines()
    versions = [line.rsplit(" ", 1)[0] for line in known]

    assert len(versions) == len(set(versions)), "one version of a record has one shape"
    assert set(lines()) <= set(known)
