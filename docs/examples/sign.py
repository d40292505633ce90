#!/usr/bin/env python3
"""Signs a statement payload with Python's `cryptography`, from docs/format.md.

usage: sign.py NAME SEED_HEX PAYLOAD.json > envelope.json
"""
import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PAYLOAD_TYPE = "application/vnd.solferino.statement+json"


def vkey(name: str, public: bytes) -> str:
    typed = b"\x01" + public
    key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(typed).decode()}"


def envelope(name: str, key: Ed25519PrivateKey, payload: bytes) -> str:
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    pae = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    signature = {
        "keyid": vkey(name, key.public_key().public_bytes(*raw)),
        "sig": base64.b64encode(key.sign(pae)).decode(),
    }
    whole = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [signature],
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


if __name__ == "__main__":
    name, seed, path = sys.argv[1:]
    with open(path, "rb") as f:
        sys.stdout.write(envelope(name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)), f.read()))
