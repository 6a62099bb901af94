"""Whether a file lies on a network filesystem, whose locks cannot be trusted."""

import re
from pathlib import Path

from alchemiser.ports.errors import PortRejectedError

MOUNTS = Path("/proc/mounts")

_NETWORK = frozenset({"9p", "afs", "cifs", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs"})


def refuse_network(path: Path, mounts: Path = MOUNTS) -> None:
    """Refuse a file on a network filesystem; where there is no table of mounts, none is seen.

    Raises:
        PortRejectedError: When `path` lies on one.
    """
    kind = _filesystem(path, mounts) if mounts.exists() else ""
    if kind in _NETWORK:
        msg = (
            f"The journal {path} lies on a network filesystem ({kind}), whose locks do not keep a "
            "second writer out: put it on a local disk."
        )
        raise PortRejectedError(msg)


def _filesystem(path: Path, mounts: Path) -> str:
    resolved, kind, depth = path.resolve(), "", -1
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        _, folder, mounted, *_ = line.split(" ")
        point = Path(_unescaped(folder))
        # The last of equal mounts hides those below it.
        if resolved.is_relative_to(point) and len(point.parts) >= depth:
            kind, depth = mounted, len(point.parts)
    return kind


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
