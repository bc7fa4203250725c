"""Fetch CIFAR-10: resumes a partial download, checks the checksum, extracts only what is needed."""

import http.client
import os
import shutil
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assignment.cifar10_files import (
    ALL_FILES,
    FOLDER_NAME,
    MAX_FILE_BYTES,
    META_FILE,
    DataError,
    cifar10_folder,
    read_batch,
    read_class_names,
    require_files,
)

ARCHIVE_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"  # 170 MB
ARCHIVE_HASH = "md5:c58f30108f718f92721af3b95e74349a"  # as published beside it
_ARCHIVE_NAME = "cifar-10-python.tar.gz"
_CHUNK_BYTES = 1 << 16
_TIMEOUT = 30.0  # seconds without a byte


def download_cifar10(
    directory: str | os.PathLike[str] | None = None,
    url: str = ARCHIVE_URL,
    known_hash: str = ARCHIVE_HASH,
    progress: bool = True,
) -> Path:
    """Put the CIFAR-10 batch files into a folder and return it; done already, do nothing.

    directory: the folder for the files; see `cifar10_folder` for the default
    known_hash: "md5:..." or "sha256:..." of the archive
    progress: show a progress bar

    What has arrived when a download breaks off is kept beside the folder, and the next call
    continues from there. The archive is deleted once its files are extracted. Whatever goes wrong
    is a DataError.
    """
    folder = cifar10_folder(directory)
    if _is_complete(folder):
        return folder
    try:
        import pooch  # imported here, because only this function needs it
    except ImportError as error:
        raise DataError(
            "downloading needs pooch: run `make data`, or `pip install pooch`"
        ) from error
    pooch.get_logger().setLevel("ERROR")  # it reports what the progress bar shows
    try:
        folder.mkdir(parents=True, exist_ok=True)
        archive = Path(
            pooch.retrieve(
                url,
                known_hash,
                fname=_ARCHIVE_NAME,
                path=folder.parent,
                downloader=_ResumingDownloader(folder.parent / f"{_ARCHIVE_NAME}.part", progress),
            )
        )
    except ValueError as error:
        raise DataError(
            f"what {url} sent does not have the checksum {known_hash} and was deleted: try again, "
            "and if it happens again, the server is not sending the official archive"
        ) from error
    except OSError as error:
        raise DataError(f"cannot store CIFAR-10 in {folder.parent}: {_reason(error)}") from error
    _extract(archive, folder)
    archive.unlink(missing_ok=True)
    return folder


def _is_complete(folder: Path) -> bool:
    try:
        require_files(folder)
        _verify(folder)
    except DataError:
        return False
    return True


def _verify(folder: Path) -> None:
    read_class_names(folder / META_FILE)
    for name in ALL_FILES:
        if name != META_FILE:
            read_batch(folder / name)


class _RangeError(Exception):
    """The server has nothing from that byte on; `total` is the size it gives, if it does."""

    def __init__(self, content_range: str | None) -> None:
        size = (content_range or "").rpartition("/")[2]
        self.total = int(size) if size.isdecimal() else None


class _ResumingDownloader:
    """Downloads for pooch by way of a partial file that survives an interruption."""

    def __init__(self, part: Path, progress: bool) -> None:
        self.part = part
        self.progress = progress

    def __call__(self, url: str, output_file: str, pooch: Any, check_only: bool = False) -> None:
        have = self.part.stat().st_size if self.part.exists() else 0
        try:
            response = _open(url, have)
        except _RangeError as error:
            if error.total == have:  # everything had arrived before
                os.replace(self.part, output_file)
                return
            have = 0
            response = _open(url, have)
        with response:
            # A server that does not know ranges sends everything, with another status.
            start = f"bytes {have}-"
            resumed = response.status == http.client.PARTIAL_CONTENT and str(
                response.headers.get("Content-Range")
            ).startswith(start)
            self._receive(response, have if resumed else 0, url)
        os.replace(self.part, output_file)

    def _receive(self, response: Any, have: int, url: str) -> None:
        length = response.headers.get("Content-Length")
        total = have + int(length) if length else None
        with open(self.part, "ab" if have else "wb") as file, self._bar(have, total) as bar:
            for chunk in _chunks(response, url):
                file.write(chunk)
                bar.update(len(chunk))
        size = self.part.stat().st_size
        if total is not None and size < total:
            raise _broken_off(url, f"{size:,} of {total:,} bytes have arrived")

    def _bar(self, have: int, total: int | None) -> Any:
        from tqdm import tqdm

        return tqdm(
            initial=have,
            total=total,
            unit="B",
            unit_scale=True,
            desc="CIFAR-10",
            disable=not self.progress,
        )


def _open(url: str, start: int) -> Any:
    headers = {"Range": f"bytes={start}-"} if start else {}
    request = urllib.request.Request(url, headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if start and error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise _RangeError(error.headers.get("Content-Range")) from error
        raise DataError(f"{url} answered {error.code} {error.reason}: try again later") from error
    except (OSError, http.client.HTTPException) as error:
        raise DataError(
            f"cannot reach {url} ({_reason(error)}): check the network and try again, or copy a "
            f"{FOLDER_NAME} folder here and set CIFAR10_DIR to it"
        ) from error


def _chunks(response: Any, url: str) -> Iterator[bytes]:
    while True:
        try:
            chunk = response.read(_CHUNK_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _broken_off(url, _reason(error)) from error
        if not chunk:
            return
        yield chunk


def _broken_off(url: str, reason: str) -> DataError:
    return DataError(f"the download of {url} broke off ({reason}): run it again to continue")


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _extract(archive: Path, folder: Path) -> None:
    """Stream the batch files, and nothing else, from the archive into the folder."""
    wanted = {f"{FOLDER_NAME}/{name}": name for name in ALL_FILES}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = wanted.get(member.name)
                if name is None or not member.isfile() or member.size > MAX_FILE_BYTES:
                    continue
                content = tar.extractfile(member)
                if content is not None:
                    _store(content, folder / name, member.size)
                    del wanted[member.name]
                if not wanted:
                    break
    except (tarfile.TarError, EOFError, zlib.error, tarfile.ReadError) as error:
        archive.unlink(missing_ok=True)
        raise DataError(f"{archive} is damaged and was deleted: run `make data` again") from error
    except OSError as error:
        raise DataError(f"cannot extract {archive} into {folder}: {_reason(error)}") from error
    if wanted:
        archive.unlink(missing_ok=True)
        raise DataError(f"{archive} is not the CIFAR-10 archive: it has no {next(iter(wanted))}")
    _verify(folder)


def _store(content: Any, path: Path, size: int) -> None:
    # Under its own name only when whole, so that an interrupted extraction leaves no half file.
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with open(temporary, "wb") as file:
            shutil.copyfileobj(content, file)
        if temporary.stat().st_size != size:
            raise EOFError
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
