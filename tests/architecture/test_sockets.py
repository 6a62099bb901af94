"""Tests talk to this machine and to no other."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

ELSEWHERE = ("192.0.2.7", 443)  # an address set aside for documentation


def test_a_connection_to_elsewhere_is_refused() -> None:
    """TE-01."""
    with (
        socket.socket() as client,
        pytest.warns(UserWarning, match=ELSEWHERE[0]),
        pytest.raises(SocketConnectBlockedError),
    ):
        client.connect(ELSEWHERE)


def test_a_connection_to_loopback_is_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            client.sendall(b"SPY")
            connection, _ = server.accept()

        with connection:
            assert connection.recv(8) == b"SPY"
