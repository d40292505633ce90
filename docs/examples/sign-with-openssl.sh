#!/bin/sh
# Signs a statement payload with nothing but OpenSSL and POSIX tools, from docs/format.md.
# usage: sign-with-openssl.sh NAME KEY.pem PAYLOAD.json > envelope.json
#        (make a key with: openssl genpkey -algorithm ed25519 -out KEY.pem)
set -eu
name=$1 key=$2 payload=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
type=application/vnd.solferino.statement+json

# vkey = name + "+" + hex(keyid) + "+" + base64(0x01 || public key);
# keyid = first four bytes of SHA-256(name || 0x0A || 0x01 || public key)
openssl pkey -in "$key" -pubout -outform DER | tail -c 32 > "$work/public"
{ printf '\001'; cat "$work/public"; } > "$work/typed"
keyid=$({ printf '%s\n' "$name"; cat "$work/typed"; } | openssl dgst -sha256 -hex | sed 's/.*= *//' | cut -c 1-8)
vkey="$name+$keyid+$(openssl base64 -A -in "$work/typed")"

# PAE = "DSSEv1" SP len(type) SP type SP len(payload) SP payload
{ printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c < "$payload")"; cat "$payload"; } > "$work/pae"
openssl pkeyutl -sign -inkey "$key" -rawin -in "$work/pae" -out "$work/sig"

# The envelope in RFC 8785 form: keys sorted, no white space.
printf '{"payload":"%s","payloadType":"%s","signatures":[{"keyid":"%s","sig":"%s"}]}' \
    "$(openssl base64 -A -in "$payload")" "$type" "$vkey" "$(openssl base64 -A -in "$work/sig")"
