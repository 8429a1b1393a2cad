"""What a browser sends, taken apart as it comes: the fields of a form, and one file at a time straight to the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from pipeline.web import upload_limits
from pipeline.web.upload_limits import BodyLimit, RefusedError


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a small form; of a name that comes twice the first. Raises RefusedError."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise RefusedError(415, "form")
    content = b""
    async for chunk in upload_limits.read_body(request, upload_limits.FORM):
        content += chunk
    try:
        fields = parse_qsl(content.decode("utf-8"), keep_blank_values=True, max_num_fields=upload_limits.MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise RefusedError(400, "form") from error
    return dict(reversed(fields))


# --- a file ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """The bytes of an upload, before it is a draft; they are on the disk."""

    name: str
    """As the browser sent it."""
    size: int
    sha256: str
    fields: Mapping[str, str]
    """What stood before the file in its form."""


@dataclass(slots=True)
class _MultipartForm:
    """Hears a form's parts from the parser (RFC 7578): small fields are kept, the one file goes to the disk.

    The framework's own form parser would have the whole body on the disk before anybody could look at the token in front of the file.
    """

    allow: Callable[[dict[str, str]], bool]
    file: BinaryIO
    most_bytes: int
    fields: dict[str, str] = field(default_factory=dict)
    name: str | None = None
    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    ended: bool = False
    _header: bytes = b""
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _value: bytes = b""
    _field: str = ""
    _is_file: bool = False

    def on_part_begin(self) -> None:
        self._headers, self._header, self._value, self._field, self._is_file = {}, b"", b"", "", False

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header, self._value = b"", b""

    def on_headers_finished(self) -> None:
        _kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = b"filename" in options
        if self._is_file:
            if self.name is not None:
                raise RefusedError(400, "several")
            if not self.allow(self.fields):
                raise RefusedError(403, "token")
            self.name = options[b"filename"].decode("utf-8", "replace")[: upload_limits.LONGEST_FILE_NAME]
        elif len(self.fields) >= upload_limits.MOST_FIELDS:
            raise RefusedError(400, "form")

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if not self._is_file:
            self._value += piece
            if len(self._value) > upload_limits.FORM.size:
                raise RefusedError(413, "form")
            return
        self.size += len(piece)
        if self.size > self.most_bytes:
            raise RefusedError(413, "large")
        self.digest.update(piece)
        self.file.write(piece)

    def on_part_end(self) -> None:
        if not self._is_file:
            self.fields.setdefault(self._field, self._value.decode("utf-8", "replace"))

    def on_end(self) -> None:
        self.ended = True


async def receive_file(request: Request, target: Path, limit: BodyLimit, *, allow: Callable[[dict[str, str]], bool]) -> Received:
    """Write the form's one file to the target as it comes in. Raises RefusedError; what is half written then must be removed.

    `allow` is asked with the fields that came before the file, before a byte of it is written.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise RefusedError(415, "form")
    body_limit = replace(limit, size=limit.size + upload_limits.AROUND_FILE)
    with target.open("xb") as file:
        form = _MultipartForm(allow, file, limit.size)
        callbacks = {name: getattr(form, name) for name in dir(form) if name.startswith("on_")}
        try:
            parser = MultipartParser(options[b"boundary"], callbacks)  # type: ignore[arg-type]
            async for chunk in upload_limits.read_body(request, body_limit):
                parser.write(chunk)
        except FormParserError as error:
            raise RefusedError(400, "form") from error
    # a body can end in the midst of a part and still be whole by its Content-Length
    if not form.ended:
        raise RefusedError(400, "gone")
    if not form.name:
        raise RefusedError(400, "none")
    return Received(form.name, form.size, form.digest.hexdigest(), form.fields)
