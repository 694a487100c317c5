"""What a provider answers when it refuses a call without looking at it."""

from typing import Any

from aiohttp import web


def refusal(provider: str, action: str, status: int, retry_after: int) -> web.Response:
    """The provider's own answer for a refused call; a 5xx is the HTML page of a proxy in front of it."""
    status = {"revoked": 401, "blocked": 403}.get(action, status)
    headers = {"Retry-After": str(retry_after)} if status == 429 else {}
    if status >= 500:
        page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
        return web.Response(status=status, text=page, content_type="text/html")
    body = _telegram(status, retry_after) if provider == "telegram" else _twilio(status)
    return web.json_response(body, status=status, headers=headers)


def _telegram(status: int, retry_after: int) -> dict[str, Any]:
    said = {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden: bot was blocked by the user",
        404: "Not Found",
        409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        429: f"Too Many Requests: retry after {retry_after}",
    }
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": said.get(status, "Bad Request")}
    if status == 429:
        body["parameters"] = {"retry_after": retry_after}
    return body


def _twilio(status: int) -> dict[str, Any]:
    known = {401: (20003, "Authenticate"), 404: (20404, "The requested resource was not found")}
    code, said = {**known, 429: (20429, "Too Many Requests")}.get(status, (20001, "Bad Request"))
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": said, "more_info": more, "status": status}
