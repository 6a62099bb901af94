"""The certificate: what was found, bound to the content it was found of."""

import json
from hashlib import sha256
from typing import Final

from alchemiser.application.certification.report import CertificationReport
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.certificates import CertificatesPort

FORMAT: Final = 1


def certificate(report: CertificationReport, code: str) -> str:
    """Return the certificate of `report` as JSON text.

    Args:
        report: What was found.
        code: SHA-256 of the engine's sources that found it.

    Raises:
        SettingsError: When something was found: then there is nothing to certify.
    """
    if not report.certified:
        msg = f"{report.identity.strategy} is not certified: {', '.join(report.refusals())}."
        raise SettingsError(msg)
    body: dict[str, object] = {
        "format": FORMAT,
        "strategy": report.identity.strategy,
        "plugin": report.identity.plugin,
        "version": report.identity.version,
        "content_hash": report.identity.content_hash,
        "tree": report.tree,
        "engine": code,
        "cuts": report.cuts,
        "seed": report.seed,
        "checks": {check.id: check.cases for check in report.checks},
    }
    return json.dumps(body | {"digest": _digest(body)}, indent=2, sort_keys=True) + "\n"


def is_certified(certificates: CertificatesPort, content_hash: str) -> bool:
    """Say whether there is an unchanged certificate of exactly this content."""
    text = certificates.read(content_hash)
    try:
        body = json.loads(text) if text is not None else None
    except ValueError:
        return False
    if not isinstance(body, dict) or body.get("content_hash") != content_hash:
        return False
    digest = body.pop("digest", None)
    return body.get("format") == FORMAT and digest == _digest(body)


def _digest(body: dict[str, object]) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
