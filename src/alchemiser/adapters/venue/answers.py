"""Requests and answers of the venue's server."""

import json
from decimal import Decimal

from aiohttp import web
from aiohttp.typedefs import Handler

from alchemiser.adapters.venue.refusals import NOT_FOUND, Refused
from alchemiser.adapters.venue.requests import NotUnderstoodError
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.errors import InputError

WORLD: web.AppKey[World] = web.AppKey("world", World)


def world_of(request: web.Request) -> World:
    """Return the venue that a request is for."""
    return request.app[WORLD]


async def body_of(request: web.Request) -> object:
    """Return the JSON of a request, numbers exact; an empty body is an empty object.

    Raises:
        NotUnderstoodError: When it is no JSON, or not what its headers say.
    """
    try:
        content = await request.read()
    except web.RequestPayloadError:
        raise NotUnderstoodError("request body format is invalid") from None
    if not content:
        return {}
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotUnderstoodError("request body format is invalid") from None


def _no_number(text: str) -> Decimal:
    msg = f"{text} is no number."
    raise ValueError(msg)


def answer(found: object, status: int = 200) -> web.Response:
    """Return `found` as JSON; a refusal with its own status."""
    if isinstance(found, Refused):
        return web.json_response(found.document(), status=found.status)
    return web.json_response(found, status=status)


@web.middleware
async def refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what cannot be understood in Alpaca's way."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return answer(Refused(status=404, code=NOT_FOUND, message="endpoint not found"))
    except web.HTTPRequestEntityTooLarge:
        return answer(Refused(status=413, code=None, message="request body is too large"))
    except web.HTTPMethodNotAllowed as error:
        refused = answer(Refused(status=405, code=None, message="Method Not Allowed"))
        refused.headers["Allow"] = error.headers["Allow"]
        return refused
    except NotUnderstoodError as error:
        return answer(error.refused)
    except (InvalidValueError, InputError) as error:
        return answer(Refused(status=422, code=None, message=str(error)))
