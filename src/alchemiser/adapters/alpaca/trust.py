"""Whom a server's certificate may come from, and what is said of one that proves nothing."""

from functools import cache
from ssl import SSLCertVerificationError, SSLContext, create_default_context

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from alchemiser.adapters.alpaca.failing import causes


@cache
def trusted() -> SSLContext:
    """Return what proves servers, the same for questions and streams; made once a process.

    The authorities are the published ones, those of this machine, and those of the file that
    `SSL_CERT_FILE` names, which OpenSSL itself reads.
    """
    context = create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def unproved(error: BaseException) -> str | None:
    """Return in plain words why the server is not believed, or None when `error` says no such."""
    for cause in causes(error):
        if isinstance(cause, SSLCertVerificationError):
            return (
                "the server cannot prove that it is Alpaca's "
                f"({cause.verify_message.rstrip('.')}): the key was not sent; look who stands "
                "between, and if it is yours name its authority's file in SSL_CERT_FILE"
            )
    return None
