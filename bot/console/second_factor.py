"""The second factor: a code from an app on one's phone (TOTP, RFC 6238), or a recovery code."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from secrets import token_hex

import pyotp
import segno

_SECONDS = 30
_DRIFT = 1  # steps that a phone's clock may be off
_CODES = 10


def new_secret() -> str:
    """A secret to share with the app."""
    return pyotp.random_base32()


def picture(secret: str, login: str, hotline: str) -> str:
    """The QR code by which an app takes the secret, as the address of an SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=hotline)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=2)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30 s step whose code it is; None when it is none of now."""
    digits = "".join(code.split())
    step = int(now.timestamp()) // _SECONDS
    totp = pyotp.TOTP(secret)
    for at in range(step - _DRIFT, step + _DRIFT + 1):
        if pyotp.utils.strings_equal(digits, totp.generate_otp(at)):
            return at
    return None


def new_recovery_codes() -> list[str]:
    """Codes for the day the phone is lost, 40 bits each; shown once."""
    return [f"{token_hex(2)}-{token_hex(3)}" for _ in range(_CODES)]


def recovery_digest(code: str) -> str:
    """What is kept of a recovery code."""
    return sha256("".join(code.lower().split()).encode()).hexdigest()
