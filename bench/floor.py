"""The floor: a bare Flask route that checks Twilio's signature and makes one durable insert, under the same server."""

import os

import sqlalchemy as sa
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

from bench.engine import engine_for

LINES = sa.Table(
    "floor",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sid", sa.String, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)


def create_app() -> Flask:
    """Nothing but what the measured sentence says."""
    app = Flask("floor")
    engine = engine_for(os.environ["DATABASE_URL"])
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    insert = LINES.insert()
    thanks = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

    @app.post("/lines")
    def lines() -> Response:
        body = request.get_data()
        if not validator.validate(request.url, request.form, request.headers.get("X-Twilio-Signature", "")):
            return Response("forged", 403)
        with engine.begin() as connection:
            connection.execute(insert, {"sid": request.form["MessageSid"], "body": body})
        return Response(thanks, mimetype="text/xml")

    return app
