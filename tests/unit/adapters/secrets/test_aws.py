"""AWS Secrets Manager on loopback: what it tells, and what it is when it does not."""

import json
import sys
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from alchemiser.adapters.secrets.aws import AwsKeys
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import PortUnavailableError

REGION = "eu-west-1"
KEY, PROOF = "PK-of-a-test-0002", "proof+of/a-test-0002"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Return the address of a secrets manager."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be nobody that AWS knows."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def _store(endpoint: str, name: str, text: str) -> None:
    client = boto3.client("secretsmanager", region_name=REGION, endpoint_url=endpoint)
    client.create_secret(Name=name, SecretString=text)


def test_a_secret_tells_both_halves_its_age_and_its_rotation(endpoint: str) -> None:
    """SX-03, SX-04."""
    _store(endpoint, "trading", json.dumps({"key_id": KEY, "secret_key": PROOF}))
    keys = AwsKeys("trading", REGION, endpoint)

    found = keys.read()
    client = boto3.client("secretsmanager", region_name=REGION, endpoint_url=endpoint)
    text = json.dumps({"key_id": f"{KEY}-new", "secret_key": PROOF})
    client.put_secret_value(SecretId="trading", SecretString=text)

    assert (found.key_id.reveal(), found.secret_key.reveal()) == (KEY, PROOF)
    assert found.since is not None
    assert found.since.tzname() == "UTC"
    assert keys.read().key_id.reveal() == f"{KEY}-new"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PROOF, "is no JSON object"),
        (f'["{PROOF}"]', "is no JSON object"),
        (json.dumps({"key_id": KEY}), "secret_key is missing"),
        (json.dumps({"key_id": "<key>", "secret_key": PROOF}), "key_id is a placeholder"),
    ],
)
def test_a_secret_without_a_key_is_refused(
    endpoint: str, text: str, told: str, request: pytest.FixtureRequest
) -> None:
    """E01."""
    name = f"wrong-{abs(hash(request.node.name))}"
    _store(endpoint, name, text)

    with pytest.raises(SettingsError, match=told) as caught:
        AwsKeys(name, REGION, endpoint).read()

    assert PROOF not in str(caught.value)


def test_a_secret_that_is_not_there_is_refused(endpoint: str) -> None:
    """SX-03."""
    with pytest.raises(SettingsError, match="ResourceNotFoundException"):
        AwsKeys("none", REGION, endpoint).read()


def test_a_manager_that_is_down_is_unavailable() -> None:
    """E05: no other place is looked at, and the manager may be asked again."""
    with pytest.raises(PortUnavailableError, match="no other place is looked at"):
        AwsKeys("trading", REGION, "http://127.0.0.1:9").read()


def test_without_a_region_the_remedy_is_told(endpoint: str) -> None:
    """SX-07."""
    with pytest.raises(SettingsError, match=r"write region under \[secrets\]"):
        AwsKeys("trading", None, endpoint).read()


def test_without_boto3_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """SX-05: it is imported when a key is wanted."""
    keys = AwsKeys("trading", REGION)
    monkeypatch.setitem(sys.modules, "boto3", None)

    with pytest.raises(SettingsError, match=r"alchemiser\[aws\]"):
        keys.read()
