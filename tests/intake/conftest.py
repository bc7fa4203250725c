"""Archives to hand in, made member by member: honest ones, and what no honest tool would make."""

import io
import tarfile
import tracemalloc
import warnings
import zipfile

import pytest

from grader.submission import read_submission

MODES = {"zip": "", "tar": "w:", "tar.gz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}
KINDS = {  # a tar's type, and the mode that a zip keeps
    "file": (tarfile.REGTYPE, 0o100644),
    "folder": (tarfile.DIRTYPE, 0o040755),
    "symbolic link": (tarfile.SYMTYPE, 0o120777),
    "character device": (tarfile.CHRTYPE, 0o020644),
    "block device": (tarfile.BLKTYPE, 0o060644),
    "pipe": (tarfile.FIFOTYPE, 0o010644),
    "hard link": (tarfile.LNKTYPE, None),
    "sparse file": (tarfile.GNUTYPE_SPARSE, None),
    "socket": (None, 0o140755),
}


def packed_in(form, members, tar_format):
    members = [(name, *([*rest, b""][:1]), *(rest[1:] or ["file"])) for name, *rest in members]
    buffer = io.BytesIO()
    if form == "zip":
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            warnings.simplefilter("ignore")  # about duplicates: they are meant
            for name, content, kind in members:
                info = zipfile.ZipInfo("x")
                # As it is: ZipInfo would tidy it up.
                info.filename = name + "/" * (kind == "folder")
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = 3
                info.external_attr = KINDS[kind][1] << 16
                file.writestr(info, content)
    else:
        with tarfile.open(fileobj=buffer, mode=MODES[form], format=tar_format) as file:
            for name, content, kind in members:
                info = tarfile.TarInfo(name)
                info.type = KINDS[kind][0]
                info.linkname = "/etc/passwd" if "link" in kind else ""
                info.size = len(content) if kind == "file" else 0
                file.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(scope="session")
def packed():
    """Makes an archive: `packed("tar.gz", ("a.py", b"x = 1"), ("b.py", b"", "pipe"))`, as bytes."""

    def make(form, *members, tar_format=tarfile.PAX_FORMAT):
        return packed_in(form, members, tar_format)

    return make


@pytest.fixture
def hand_in(tmp_path, packed):
    """Reads an archive as a submission: `hand_in("tar.gz", ("a.py", b"x = 1"), ...)`.

    Instead of members, the bytes of the whole file. Nothing else may appear beside it.
    """

    def make(form, *members, name="ada", **options):
        content = (
            members[0]
            if members and isinstance(members[0], bytes)
            else packed(form, *members, **options)
        )
        path = tmp_path / f"{name}.{form}"
        path.write_bytes(content)
        before = sorted(tmp_path.rglob("*"))
        read = read_submission(path)
        assert sorted(tmp_path.rglob("*")) == before
        return read

    return make


@pytest.fixture
def memory():
    """Measures what is allocated at most: `with memory() as peak: ...`, then `peak()` in bytes."""

    class Peak:
        def __enter__(self):
            tracemalloc.start()
            return lambda: self.peak

        def __exit__(self, *_):
            self.peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()

    return Peak
