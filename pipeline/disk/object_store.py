"""The originals in an object store, through fsspec: S3 and what is like it, a folder (file://), memory for tests.

An object is named by the SHA-256 of its bytes, is never overwritten by others, and is believed only when they have been summed.
Covered by tests/disk/test_object_store.py.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from pipeline.disk import storage
from pipeline.terms.errors import ArchiveError

_CHUNK: Final = 1 << 20
_NAME: Final = re.compile("[0-9a-f]{64}")


class ObjectStore:
    """The store at that URL. Raises ArchiveError where fsspec or what it needs for it is not installed."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            from fsspec.core import url_to_fs

            # Listings are asked for anew: another computer may have put something there.
            self._files, root = url_to_fs(url, use_listings_cache=False, skip_instance_cache=True)
        except ImportError as error:
            how = "请运行 python -m pip install --require-hashes -r requirements-servers.txt，再运行一次。"
            msg = f"存档放在 {url}，这台电脑还没有装它的驱动。{how}"
            raise ArchiveError(msg) from error
        except Exception as error:
            msg = f"存档 {url} 用不了：{_said(error)}。请检查 config.yaml 的 archive。"
            raise ArchiveError(msg) from error
        self._root = str(root).rstrip("/")

    # --- looks ---

    def names(self) -> set[str]:
        """Return the name of every object that is named as an original; none where there is nothing yet."""
        with self._told("读不了"):
            try:
                listed = self._files.ls(self._root, detail=False)
            except FileNotFoundError:
                return set()
            return {name for path in listed if _NAME.fullmatch(name := str(path).rstrip("/").rpartition("/")[2])}

    def size(self, name: str) -> int | None:
        """Return how large an object is; None where there is none."""
        with self._told("读不了"):
            try:
                return int(self._files.info(self._path(name))["size"])
            except FileNotFoundError:
                return None

    def holds(self, name: str) -> bool:
        """Return whether the object is there with the bytes of its name."""
        total = hashlib.sha256()
        with self._told("读不了"):
            try:
                for chunk in self._chunks(name):
                    total.update(chunk)
            except FileNotFoundError:
                return False
        return total.hexdigest() == name

    def read(self, name: str) -> bytes | None:
        """Return the object's bytes; None where it is gone or has others than its name says."""
        try:
            content = b"".join(self._heard(name))
        except FileNotFoundError:
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def fetch(self, name: str, target: Path) -> bool:
        """Write the object to that path, synced, whole or not at all; return False where it is gone or has other bytes. Raises OSError."""
        aside = target.with_name(f".{target.name}-{os.getpid()}.tmp")
        try:
            if self._write(name, aside) != name:
                return False
            storage.retry_while_held(lambda: aside.replace(target))
        finally:
            storage.remove(aside)
        return True

    def copy(self, name: str, target: Path) -> None:
        """Write the object to that path as it is, also with other bytes. Raises OSError."""
        self._write(name, target)

    # --- changes ---

    def put(self, name: str, path: Path) -> None:
        """Have the bytes of that file, whose SHA-256 the name is, as an object; one that is there with them stays as it is."""
        if self.holds(name):
            return
        # Aside first: in a folder an upload that is cut off would leave half a file under the name.
        aside = f"{self._root}/.{name}-{secrets.token_hex(8)}.tmp"
        with self._told("写不进去"):
            if getattr(self._files, "local_file", False):  # elsewhere it would make a bucket of a name that was misspelt
                self._files.makedirs(self._root, exist_ok=True)
            try:
                self._files.put_file(str(path), aside)
                with suppress(FileNotFoundError):
                    self._files.rm_file(self._path(name))  # half of one: it is not what its name says
                self._files.mv(aside, self._path(name))
            except BaseException:
                with suppress(Exception):
                    self._files.rm_file(aside)
                raise
        if not self.holds(name):
            msg = f"存档 {self.url} 没有存好 {name[:12]}…：读回来的不一样。请检查那里的磁盘，再运行一次；文件还在收件箱里。"
            raise ArchiveError(msg)

    def remove(self, name: str) -> None:
        """Remove an object that may be gone already."""
        with self._told("删不掉"), suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    # --- bytes ---

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self._files.open(self._path(name), "rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def _write(self, name: str, target: Path) -> str:
        """Write an object to that path, synced, and return the SHA-256 of its bytes; '' where there is none."""
        total = hashlib.sha256()
        try:
            with storage.naming_file(target), target.open("wb") as file:
                for chunk in self._heard(name):
                    total.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError:
            return ""
        return total.hexdigest()

    def _heard(self, name: str) -> Iterator[bytes]:
        """Yield what the store says; only its own errors are told as such, and not those of our disk."""
        with self._told("读不了"):
            chunks = [*self._chunks(name)]  # an original is some megabytes at most
        yield from chunks

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Say in a sentence what went wrong there: each store has errors of its own kind."""
        try:
            yield
        except FileNotFoundError:
            raise
        except ArchiveError:
            raise
        except Exception as error:
            msg = f"存档 {self.url} {what}：{_said(error)}。请检查网络、那里的权限和登录信息，处理好后再运行一次；已收到的文件都还在。"
            raise ArchiveError(msg) from error


def _said(error: Exception) -> str:
    """Return the first line of what a store says, with the error's kind."""
    first: Any = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}：{first}" if first else type(error).__name__
