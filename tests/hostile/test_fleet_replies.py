"""Modes whose oddity lies in the reply: its bytes show what the name of the mode says."""

import gzip
import json
import re
import zlib
from urllib.parse import quote

import pytest
from fleet_talk import APP_KEY, EVENT, KEY, Start, ask, post, read_body, talk

# What the reply to a good push holds, as raw bytes, in the modes where one look at the reply shows what is wrong.
SEEN_IN_REPLY = {
    "closes-mid-status": rb"\AHTTP/1\Z",
    "closes-after-status": rb"\AHTTP/1.1 200 OK\r\n\Z",
    "closes-mid-headers": rb"\AHTTP/1.1 200 OK\r\nContent-Type.*[^\n]\Z",
    "closes-after-headers": rb"\r\n\r\n\Z",
    "closes-mid-body": rb'\r\n\r\n\{"request_id.*[^}]\Z',
    "resets-mid-body": rb'\r\n\r\n\{"request_id',
    "length-too-large-then-open": rb"Content-Length: 1\d\d\d?\r\n\r\n.{20,}\}\}",
    "length-astronomic": rb"Content-Length: 10{30}\r\n",
    "length-negative": rb"Content-Length: -1\r\n",
    "length-not-a-number": rb"Content-Length: many\r\n",
    "length-twice": rb"Content-Length: (\d+)\r\nContent-Length: (?!\1)\d+\r\n",
    "length-and-chunked": rb"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "chunks-as-crumbs": rb"\r\n\r\n01;crumb=yes\r\n\{\r\n01;.*0\r\nX-Trailer: late\r\n\r\n",
    "chunks-without-end": rb"chunked\r\n\r\n[0-9a-f]+\r\n\{.*\}\}\r\n",
    "chunk-size-garbage": rb"\r\n\r\nzz\r\n\{",
    "giant-header": rb"X-Giant: g{1048576}\r\n",
    "countless-headers": rb"(X-Number-\d+: one of many\r\n){10000}",
    "many-cookies": rb"(Set-Cookie: [^\r]+\r\n){60}",
    "folded-headers": rb"X-Folded: one\r\n two\r\n\tthree\r\n",
    "empty-reason": rb"\AHTTP/1.1 200 \r\n",
    "lower-case-reason": rb"\AHTTP/1.1 200 ok",
    "status-999": rb"\AHTTP/1.1 999 ",
    "status-99": rb"\AHTTP/1.1 99 ",
    "status-negative": rb"\AHTTP/1.1 -1 ",
    "status-word": rb"\AHTTP/1.1 fine ",
    "early-hints": rb"\AHTTP/1.1 103 .*\r\n\r\nHTTP/1.1 200 OK\r\n",
    "continues-forever": rb"\A(HTTP/1.1 100 Continue\r\n\r\n){30}",
    "http-1.0": rb"\AHTTP/1.0 200 OK\r\n(?!.*Content-Length).*\}\}\Z",
    "http-0.9": rb'\A\{"request_id"',
    "http-2-only": rb"\A\x00\x00\x00\x04\x00",
    "unknown-encoding": rb'x-mirror.*"di_tseuqer"\{\Z',
    "gzip-only-in-name": rb'gzip\r\n.*\{"request_id"',
    "line-of-text": rb"\Awhat do you want\?\n\Z",
    "ssh-banner": rb"\ASSH-2.0-",
    "tls-on-http-url": rb"\A\x15\x03\x01",
    "echoes-the-request": rb"\APOST /event/push.*disk full",
    "redirects-in-a-circle": rb"\AHTTP/1.1 307 .*Location: /event/push/alert/standard\?",
    "redirects-in-envelope": rb"\AHTTP/1.1 307 .*Location: http://127.*\"alert_key\"",
    "html-200": rb"\AHTTP/1.1 200 .*<!doctype html>",
    "html-500": rb"\AHTTP/1.1 500 .*<!doctype html>",
    "empty-200": rb"\AHTTP/1.1 200 .*Content-Length: 0\r\n\r\n\Z",
    "no-content-204": rb"\AHTTP/1.1 204 No Content\r\n\r\n\Z",
    "json-array": rb"\r\n\r\n\[1, 2, 3\]",
    "json-scalar": rb"\r\n\r\n7",
    "json-null": rb"\r\n\r\nnull",
    "json-bottomless": rb"\[{200000}\]{200000}",
    "json-deep-extra": rb"\[{100000}\]{100000}\}",
    "json-nan": rb"NaN, .*-Infinity",
    "json-single-quotes": rb"\{'request_id': '",
    "invalid-utf-8": rb"\xff\xfe\xc0\xaf",
    "byte-order-mark": rb"\r\n\r\n\xef\xbb\xbf\{",
    "utf-16": rb"\r\n\r\n(\xff\xfe\{\x00|\xfe\xff\x00\{)",
    "duplicate-extra-keys": rb'("region": [^,}]+[,}] ?){3}',
    "duplicate-request-id": rb'"request_id": 7, "request_id": "',
    "huge-integers": rb"8{5000}",
    "script-tags-in-envelope": rb'"request_id": "[0-9a-f]+</script>',
    "script-tags-in-head": rb"\AHTTP/1.1 200 </script>",
    "ansi-escapes-in-envelope": rb'"request_id": "[0-9a-f]+\\u001b\[2J',
    "ansi-escapes-in-head": rb"\AHTTP/1.1 200 \x1b\[2J",
    "bidi-controls-in-head": "\u202egnp".encode(),
    "line-breaks-in-envelope": rb'"request_id": "[0-9a-f]+one\\ntwo\\r\\n',
    "bare-cr-in-head": rb"\AHTTP/1.1 200 OK\rX-Forged",
    "bare-lf-in-head": rb"\AHTTP/1.1 200 OK\nX-Forged",
    "429-forever": rb"\AHTTP/1.1 429 .*RequestTooFrequently",
    "429-for-a-day": rb"Retry-After: 86400\r\n.*RequestTooFrequently",
    "503-for-a-day": rb"\AHTTP/1.1 503 .*Retry-After: 86400\r\n.*ServiceUnavailable",
    "503-html-for-a-day": rb"\AHTTP/1.1 503 .*Retry-After: 86400\r\n.*<html>",
    "500-forever": rb"\AHTTP/1.1 500 .*InternalError",
    "refuses-everything": rb"\AHTTP/1.1 400 .*InvalidParameter",
    "refuses-the-key": rb"\AHTTP/1.1 401 .*Unauthorized",
    "one-reply-behind": rb"too-early",
    "sends-replies-twice": rb"HTTP/1.1 200.*HTTP/1.1 200",
    "echoes-key-raw-in-body": re.escape(json.dumps(KEY)[1:-1].encode()),
    "echoes-key-percent-in-body": quote(KEY, safe="").encode(),
    "echoes-key-base64-in-body": b"azN5L3dpdGgrYXdrd2FyZCAmPSInPD4lY2hhcnM=",
    "echoes-key-hex-in-body": KEY.encode().hex().encode(),
    "echoes-key-in-headers": b"X-raw: " + re.escape(KEY.encode()),
    "echoes-key-in-reason": rb"\AHTTP/1.1 200 OK " + re.escape(KEY.encode()),
}

# The same for the reply to a read.
SEEN_IN_READ = {
    "readback-not-json": rb'"items": \[\Z',
    "readback-html": rb"<html>",
    "readback-empty": rb"Content-Length: 0\r\n\r\n\Z",
    "readback-null": rb'"data": null\}',
    "readback-500": rb"\AHTTP/1.1 500 .*InternalError",
    "readback-404": rb"\AHTTP/1.1 404 .*RouteNotFound",
    "readback-429": rb"\AHTTP/1.1 429 .*RequestTooFrequently",
    "readback-wrong-key": rb"\AHTTP/1.1 401 .*Unauthorized",
    "readback-redirects": rb"\AHTTP/1.1 307 .*Location: http://127",
    "readback-items-not-objects": rb'"items": \[7, "alert", null',
    "readback-items-missing": rb'"data": \{\}',
    "readback-fields-of-wrong-types": rb'"title": 7',
    "readback-fields-null": rb'"title": null',
    "readback-empties-null": rb'"labels": null',
    "readback-shows-nothing": rb'"items": \[\]',
    "readback-shows-others": rb'\A(?!.*disk-1).*"items": \[.*"noise"',
    "readback-endless-pages": rb'\A(?=.*disk-1)(?=.*"noise").*"has_next_page": true',
    "readback-endless-noise": rb'\A(?!.*disk-1)(?=.*"noise").*"has_next_page": true',
    "readback-circular-pages": rb'"has_next_page": true',
    "readback-nan": rb'"took": NaN\}',
    "readback-echoes-keys": rb'"app_key_raw": "' + re.escape(APP_KEY.encode()),
}


@pytest.mark.parametrize("name", sorted(SEEN_IN_REPLY))
def test_the_reply_to_a_push_shows_the_oddity(hostile: Start, name: str) -> None:
    """One look at the raw reply to a good push shows what the name of the mode says."""
    pattern = SEEN_IN_REPLY[name]
    # Where the pattern wants silence at the end of an open connection, the wait is spent in full.
    closes = name.startswith(("closes", "http-", "echoes-the", "line"))
    seconds = 5 if closes or not pattern.endswith(rb"\Z") else 1
    data, _ = talk(hostile(name).push_url, post("/event/push/alert/standard", EVENT), pattern, seconds)
    assert re.search(pattern, data, re.DOTALL), data[:2000]


@pytest.mark.parametrize("name", sorted(SEEN_IN_READ))
def test_the_reply_to_a_read_shows_the_oddity(hostile: Start, name: str) -> None:
    """The push is accepted, and one look at the raw reply to a read shows what the name of the mode says."""
    running = hostile(name)
    assert ask(running, running.push_url, EVENT)[0] == 200
    data, _ = talk(running.read_url, post("/alert/list", read_body()), SEEN_IN_READ[name], 0.5)
    assert re.search(SEEN_IN_READ[name], data, re.DOTALL), data[:2000]


@pytest.mark.parametrize("name", ["endless-body", "endless-headers", "endless-status-line", "readback-endless"])
def test_endless_modes_go_on_beyond_any_cap(hostile: Start, name: str) -> None:
    """After 8 MiB there is still more."""
    running = hostile(name)
    path = "/alert/list" if name.startswith("readback") else "/event/push/alert/standard"
    data, ended = talk(running.push_url, post(path, EVENT), most=2**23)
    assert len(data) >= 2**23
    assert not ended


def test_the_gzip_bomb_is_small_on_the_wire_and_huge_when_unpacked(hostile: Start) -> None:
    """Some MiB of gzip begin with an honest envelope and go on with white space beyond a tenth of a GiB."""
    data, _ = talk(hostile("gzip-bomb").push_url, post("/event/push/alert/standard", EVENT, close=True))
    packed = data.partition(b"\r\n\r\n")[2]
    assert len(packed) < 2**22
    unpacker = zlib.decompressobj(wbits=31)
    unpacked = unpacker.decompress(packed, 2**27)
    assert unpacked.startswith(b'{"request_id"')
    assert len(unpacked) == 2**27
    assert unpacker.unconsumed_tail


def test_broken_gzip_cannot_be_unpacked(hostile: Start) -> None:
    """The body says gzip and breaks."""
    data, _ = talk(hostile("gzip-broken").push_url, post("/event/push/alert/standard", EVENT), seconds=0.3)
    with pytest.raises((zlib.error, OSError, EOFError)):
        gzip.decompress(data.partition(b"\r\n\r\n")[2])
