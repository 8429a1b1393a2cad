"""What a browser sends: forms, and one file at a time straight to the disk, within limits of bytes and time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

_FORM_BYTES: Final = 1 << 14
_FORM_SECONDS: Final = 20
_AROUND_FILE: Final = 1 << 14
"""More than a browser writes around a file: part headers and the other fields."""
_IDLE_SECONDS: Final = 20
_MOST_FIELDS: Final = 20
_LONGEST_NAME: Final = 1000


class RefusedError(Exception):
    """A body that is not taken; `status` is what is answered, `word` what the page says of it."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status = status
        self.word = word


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a small form; of a name that comes twice the first. Raises RefusedError."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise RefusedError(415, "form")
    content = b""
    async for chunk in _chunks(request, _FORM_BYTES, _FORM_SECONDS):
        content += chunk
    try:
        said = parse_qsl(content.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, strict_parsing=False)
    except (UnicodeDecodeError, ValueError) as error:
        raise RefusedError(400, "form") from error
    return dict(reversed(said))


async def _chunks(request: Request, most: int, seconds: float) -> AsyncIterator[bytes]:
    """The body's pieces, cut off at the limit; a length that is declared too large is refused before anything is read."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise RefusedError(413, "large")
    total = 0
    body = request.stream()
    try:
        async with asyncio.timeout(seconds):
            while True:
                async with asyncio.timeout(_IDLE_SECONDS):
                    chunk = await anext(body, None)
                if chunk is None:
                    return
                total += len(chunk)
                if total > most:
                    raise RefusedError(413, "large")
                yield chunk
    except TimeoutError as error:
        raise RefusedError(408, "slow") from error
    except ClientDisconnect as error:
        raise RefusedError(400, "gone") from error


# --- a file ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """A file that lies on the disk."""

    name: str
    """As the browser said it."""
    size: int
    sha256: str


@dataclass(slots=True)
class _Parts:
    """Hears the parts of a form: small fields are kept, the one file goes to the disk."""

    allow: Callable[[dict[str, str]], bool]
    file: BinaryIO
    most: int
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
        _kind, said = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = said.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = b"filename" in said
        if self._is_file:
            if self.name is not None:
                raise RefusedError(400, "several")
            if not self.allow(self.fields):
                raise RefusedError(403, "token")
            self.name = said[b"filename"].decode("utf-8", "replace")[:_LONGEST_NAME]
        elif len(self.fields) >= _MOST_FIELDS:
            raise RefusedError(400, "form")

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if not self._is_file:
            self._value += piece
            if len(self._value) > _FORM_BYTES:
                raise RefusedError(413, "form")
            return
        self.size += len(piece)
        if self.size > self.most:
            raise RefusedError(413, "large")
        self.digest.update(piece)
        self.file.write(piece)

    def on_part_end(self) -> None:
        if not self._is_file:
            self.fields.setdefault(self._field, self._value.decode("utf-8", "replace"))

    def on_end(self) -> None:
        self.ended = True


async def receive(request: Request, target: Path, most: int, seconds: float, *, allow: Callable[[dict[str, str]], bool]) -> Received:
    """Write the form's one file to the target as it comes in. Raises RefusedError; what is half written then must be removed.

    `allow` is asked with the fields that came before the file, before a byte of it is written.
    """
    kind, said = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in said:
        raise RefusedError(415, "form")
    with target.open("xb") as file:
        parts = _Parts(allow, file, most)
        callbacks = {name: getattr(parts, name) for name in dir(parts) if name.startswith("on_")}
        try:
            parser = MultipartParser(said[b"boundary"], callbacks)  # type: ignore[arg-type]
            async for chunk in _chunks(request, most + _AROUND_FILE, seconds):
                parser.write(chunk)
        except FormParserError as error:
            raise RefusedError(400, "form") from error
    if not parts.ended:
        raise RefusedError(400, "gone")
    if not parts.name:
        raise RefusedError(400, "none")
    return Received(parts.name, parts.size, parts.digest.hexdigest())
