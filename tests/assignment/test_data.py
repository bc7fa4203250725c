"""CIFAR-10: hostile and damaged files, splits, cache, download, and the generated stand-in."""

import functools
import hashlib
import http.server
import io
import os
import pickle
import tarfile
import threading
import urllib.request

import numpy as np
import pytest

from assignment import download
from assignment.cifar10_files import ALL_FILES, cifar10_folder, read_batch
from assignment.data import (
    SYNTHETIC_CLASSES,
    DataError,
    DataNotFoundError,
    generate_images,
    get_cifar10_data,
    get_synthetic_data,
    load_cifar10,
)
from assignment.download import download_cifar10
from assignment.fc_net import FullyConnectedNet
from assignment.solver import Solver

NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


@pytest.fixture(autouse=True)
def private_surroundings(tmp_path, monkeypatch):
    """No test sees or changes this machine's data, cache or proxy."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("CIFAR10_DIR", raising=False)


def write_batches(folder, per_batch=4, protocol=2, seed=0):
    """A folder in the official format with few images; returns all labels and images in order."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    labels, images = [], []
    for name in ALL_FILES[1:]:
        labels.append(rng.integers(10, size=per_batch).tolist())
        images.append(rng.integers(256, size=(per_batch, 3072)).astype(np.uint8))
        content = {b"batch_label": b"x", b"labels": labels[-1], b"data": images[-1]}
        (folder / name).write_bytes(pickle.dumps(content, protocol))
    meta = {b"label_names": [name.encode() for name in NAMES]}
    (folder / ALL_FILES[0]).write_bytes(pickle.dumps(meta, protocol))
    return np.concatenate(labels), np.concatenate(images)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cifar-10-batches-py"


# Reading


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_loads_images_labels_and_names(folder, protocol):
    labels, images = write_batches(folder, protocol=protocol)
    raw = load_cifar10(folder)
    assert raw.class_names == tuple(NAMES)
    assert raw.X_train.shape == (20, 32, 32, 3)
    assert raw.X_test.shape == (4, 32, 32, 3)
    assert {raw.X_train.dtype, raw.X_test.dtype} == {np.dtype(np.uint8)}
    assert {raw.y_train.dtype, raw.y_test.dtype} == {np.dtype(np.int64)}
    np.testing.assert_array_equal(np.append(raw.y_train, raw.y_test), labels)
    for i in (0, 7, 19):  # red plane first, rows from the top
        expected = np.moveaxis(images[i].reshape(3, 32, 32), 0, 2)
        np.testing.assert_array_equal(raw.X_train[i], expected)


class Hostile:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


def hostile_pickles(target):
    yield pickle.dumps(Hostile(os.mkdir, (str(target),)), 2)
    yield pickle.dumps(
        {b"labels": [], b"data": Hostile(eval, (f"__import__('os').mkdir({str(target)!r})",))}
    )
    # The same in the opcodes of protocol 0, by a dotted name, and hidden in an object array.
    yield b"cposix\nmkdir\n(V" + str(target).encode() + b"\ntR."
    dotted = pickle.PROTO + b"\x04" + b"\x8c\x05numpy\x8c\x13" + b"os.mkdir".ljust(19) + b"\x93."
    yield dotted
    yield pickle.dumps(np.array([Hostile(os.mkdir, (str(target),))], object), 2)


def test_hostile_pickles_are_refused_and_nothing_runs(tmp_path, folder):
    target = tmp_path / "executed"
    os.mkdir(target)  # proof that the attack would be seen
    os.rmdir(target)
    for content in hostile_pickles(target):
        write_batches(folder)
        (folder / "data_batch_3").write_bytes(content)
        with pytest.raises(DataError, match="data_batch_3 is damaged or not a CIFAR-10 file"):
            load_cifar10(folder)
        assert not target.exists()
    control = next(hostile_pickles(target))
    pickle.loads(control)
    assert target.exists()  # an ordinary unpickler does run it


def test_the_forbidden_name_is_in_the_message(tmp_path):
    path = tmp_path / "batch"
    path.write_bytes(pickle.dumps({b"data": print}))
    with pytest.raises(DataError, match=r"asks for builtins\.print, and was not executed"):
        read_batch(path)


@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.999])
def test_truncated_pickles_are_one_sentence(folder, keep):
    write_batches(folder)
    path = folder / "test_batch"
    whole = path.read_bytes()
    path.write_bytes(whole[: keep if isinstance(keep, int) else int(len(whole) * keep)])
    with pytest.raises(DataError, match=r"test_batch is damaged.*make data") as info:
        load_cifar10(folder)
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {b"labels": [1]},
        {b"data": np.zeros((1, 3072), np.uint8)},
        {b"labels": [1], b"data": [1]},
        {b"labels": [1, 2], b"data": np.zeros((1, 3072), np.uint8)},
        {b"labels": [1], b"data": np.zeros((1, 3071), np.uint8)},
        {b"labels": [1], b"data": np.zeros((1, 3072), np.int64)},
        {b"labels": [1], b"data": np.zeros((1, 3072), np.float64)},
        {b"labels": [10], b"data": np.zeros((1, 3072), np.uint8)},
        {b"labels": [-1], b"data": np.zeros((1, 3072), np.uint8)},
        {b"labels": [0.5], b"data": np.zeros((1, 3072), np.uint8)},
        {b"labels": [[1], []], b"data": np.zeros((2, 3072), np.uint8)},
    ],
)
def test_wrong_content_is_one_sentence(tmp_path, content):
    path = tmp_path / "batch"
    path.write_bytes(pickle.dumps(content))
    with pytest.raises(DataError, match="batch is damaged or not a CIFAR-10 file"):
        read_batch(path)


def test_what_is_missing_is_named(folder):
    with pytest.raises(DataNotFoundError, match=r"CIFAR-10 is not in .*make data.*CIFAR10_DIR"):
        load_cifar10(folder)
    write_batches(folder)
    (folder / "data_batch_4").unlink()
    with pytest.raises(DataNotFoundError, match="the CIFAR-10 file data_batch_4 is not in"):
        load_cifar10(folder)


def test_where_the_folder_is(tmp_path, folder, monkeypatch):
    monkeypatch.setenv("CIFAR10_DIR", str(folder))
    assert cifar10_folder() == folder
    assert cifar10_folder(tmp_path / "other") == tmp_path / "other"
    write_batches(folder)
    assert cifar10_folder(tmp_path) == folder  # the folder around it
    monkeypatch.delenv("CIFAR10_DIR")
    assert cifar10_folder().parts[-2:] == ("data", "cifar-10-batches-py")


# Splits


def test_splits_are_those_of_cs231n(folder):
    labels, images = write_batches(folder)
    data = get_cifar10_data(12, 5, 3, subtract_mean=False, directory=folder)
    images = images.reshape(-1, 3, 32, 32)
    for split, where in (("train", slice(12)), ("val", slice(12, 17)), ("test", slice(20, 23))):
        np.testing.assert_array_equal(data[f"X_{split}"], images[where])
        np.testing.assert_array_equal(data[f"y_{split}"], labels[where])
        assert data[f"X_{split}"].dtype == np.float32
        assert data[f"X_{split}"].flags.c_contiguous


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_mean_is_that_of_the_training_images_only(folder, dtype):
    write_batches(folder)
    plain = get_cifar10_data(12, 5, 3, False, folder, np.float64)
    data = get_cifar10_data(12, 5, 3, directory=folder, dtype=dtype)
    mean = plain["X_train"].mean(axis=0)
    for name in ("X_train", "X_val", "X_test"):
        assert data[name].dtype == dtype
        np.testing.assert_allclose(data[name], plain[name] - mean, atol=1e-4)
    assert np.abs(data["X_train"].mean(axis=0)).max() < 1e-4


def test_asking_for_too_much_names_the_numbers(folder):
    write_batches(folder)
    with pytest.raises(DataError, match=r"21 training and validation images .* holds 20"):
        get_cifar10_data(15, 6, 0, directory=folder)
    with pytest.raises(DataError, match=r"5 test images .* holds 4"):
        get_cifar10_data(15, 5, 5, directory=folder)
    for numbers in ((0, 5, 1), (5, -1, 1), (5, 1, -1)):
        with pytest.raises(ValueError, match="num_training must be at least 1"):
            get_cifar10_data(*numbers, directory=folder)


def test_real_images(real_cifar10, tmp_path):
    data = get_cifar10_data(9000, 1000, 1000, directory=real_cifar10, cache_dir=tmp_path)
    assert data["X_train"].shape == (9000, 3, 32, 32)
    assert data["X_val"].shape == data["X_test"].shape == (1000, 3, 32, 32)
    assert data["X_train"].dtype == np.float32
    for split in ("train", "val", "test"):
        counts = np.bincount(data[f"y_{split}"], minlength=10)
        assert (abs(counts / counts.sum() - 0.1) < 0.03).all()
    raw = load_cifar10(real_cifar10, cache_dir=tmp_path)
    assert raw.class_names == tuple(NAMES)
    # Photographs are smooth: a misread axis would break that.
    pixels = raw.X_train[:500].astype(float)
    for axis in (1, 2):
        assert np.abs(np.diff(pixels, axis=axis)).mean() < 20


# Cache


def test_the_second_load_reads_no_pickle_and_is_equal(folder, monkeypatch):
    write_batches(folder)
    first = load_cifar10(folder)
    monkeypatch.setattr("assignment.data.read_batch", lambda path: pytest.fail("read a pickle"))
    second = load_cifar10(folder)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_cache_goes_where_it_should(folder, tmp_path, monkeypatch):
    write_batches(folder)
    load_cifar10(folder)
    assert len(list((tmp_path / "xdg" / "descent").iterdir())) == 2
    load_cifar10(folder, cache_dir=tmp_path / "mine")
    assert len(list((tmp_path / "mine").iterdir())) == 2
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    load_cifar10(folder)
    assert len(list((tmp_path / "home" / ".cache" / "descent").iterdir())) == 2


def test_a_changed_source_is_read_again_and_its_old_cache_removed(folder, tmp_path):
    write_batches(folder)
    load_cifar10(folder)
    labels, _ = write_batches(folder, per_batch=5, protocol=4, seed=1)
    np.testing.assert_array_equal(load_cifar10(folder).y_train, labels[:25])
    labels, _ = write_batches(folder, per_batch=5, protocol=4, seed=2)  # only the time differs
    for name in ALL_FILES:
        os.utime(folder / name, (1, 1))
    np.testing.assert_array_equal(load_cifar10(folder).y_train, labels[:25])
    assert len(list((tmp_path / "xdg" / "descent").iterdir())) == 2


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


DAMAGE = [
    b"",
    b"\x93NUMPY",
    b"nonsense" * 100,
    None,  # the last byte lost
    npy(np.full(3073, 200, np.uint8)),
    npy(np.zeros(3074, np.uint8)),
    npy(np.zeros(3073, np.int8)),
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_rebuilt_silently(folder, tmp_path, damage):
    write_batches(folder)
    first = load_cifar10(folder)
    expected = first.X_train.copy(), first.y_train.copy()
    del first
    files = list((tmp_path / "xdg" / "descent").iterdir())
    sizes = {path: path.stat().st_size for path in files}
    for path in files:
        path.write_bytes(path.read_bytes()[:-1] if damage is None else damage)
    again = load_cifar10(folder)
    np.testing.assert_array_equal(again.X_train, expected[0])
    np.testing.assert_array_equal(again.y_train, expected[1])
    assert {path: path.stat().st_size for path in files} == sizes


def test_a_cache_that_cannot_be_written_is_done_without(folder, tmp_path):
    labels, _ = write_batches(folder)
    (tmp_path / "file").write_text("in the way")
    for cache_dir in (tmp_path / "file", tmp_path / "file" / "below"):
        raw = load_cifar10(folder, cache_dir=cache_dir)
        np.testing.assert_array_equal(raw.y_train, labels[:20])


def test_writing_to_the_images_does_not_reach_the_cache(folder):
    write_batches(folder)
    load_cifar10(folder)
    cached = load_cifar10(folder)
    expected = cached.X_train.copy()
    cached.X_train[:] = 0
    np.testing.assert_array_equal(load_cifar10(folder).X_train, expected)


# Download


class Server(http.server.ThreadingHTTPServer):
    """Serves one body; can ignore ranges and can break off."""

    def __init__(self, body):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = body
        self.ranges = True
        self.stop_after = None
        self.requested = []
        self.url = f"http://127.0.0.1:{self.server_port}/cifar-10-python.tar.gz"
        self.hash = f"sha256:{hashlib.sha256(body).hexdigest()}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.requested.append(asked)
        start = int(asked[len("bytes=") : -1]) if asked and server.ranges else 0
        body, total = server.body[start:], len(server.body)
        if start >= total:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{total}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.stop_after])

    def log_message(self, *args):
        pass


def archive(tmp_path, **extra):
    """A small archive in the official layout, with some members that must stay inside."""
    source = tmp_path / "source" / "cifar-10-batches-py"
    write_batches(source)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in {
            "../escaped": b"x",
            "cifar-10-batches-py/extra": b"x",
            **extra,
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("cifar-10-batches-py/test_batch")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        for name in ALL_FILES:
            tar.add(source / name, f"cifar-10-batches-py/{name}")
    return buffer.getvalue()


@pytest.fixture
def serve():
    running = []

    def serve(body):
        server = Server(body)
        thread = threading.Thread(target=functools.partial(server.serve_forever, 0.01))
        thread.start()
        running.append((server, thread))
        return server

    yield serve
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def server(serve, tmp_path):
    return serve(archive(tmp_path))


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data" / "cifar-10-batches-py"


def fetch(server, target):
    return download_cifar10(target, server.url, server.hash, progress=False)


def test_downloads_and_extracts_only_the_batch_files(server, target, tmp_path):
    assert fetch(server, target) == target
    assert {path.name for path in target.iterdir()} == set(ALL_FILES)
    assert not any(path.is_symlink() for path in target.iterdir())
    assert {path.name for path in target.parent.iterdir()} == {target.name}
    assert not (tmp_path / "escaped").exists()
    assert len(load_cifar10(target).y_train) == 20
    fetch(server, target)
    assert server.requested == [None]  # already there


def test_shows_a_progress_bar(server, target, capsys):
    download_cifar10(target, server.url, server.hash)
    assert "CIFAR-10: 100%" in capsys.readouterr().err


def test_resumes_where_it_broke_off(server, target):
    server.stop_after = half = len(server.body) // 2
    with pytest.raises(DataError, match=f"broke off.*{half:,} of {len(server.body):,} bytes"):
        fetch(server, target)
    server.stop_after = None
    fetch(server, target)
    assert server.requested == [None, f"bytes={half}-"]
    assert len(load_cifar10(target).y_train) == 20


def test_starts_again_when_the_server_ignores_ranges(server, target):
    server.stop_after, server.ranges = len(server.body) // 2, False
    with pytest.raises(DataError, match="broke off"):
        fetch(server, target)
    server.stop_after = None
    fetch(server, target)
    assert len(load_cifar10(target).y_train) == 20


def test_a_partial_file_that_is_complete_or_too_long(server, target):
    part = target.parent / "cifar-10-python.tar.gz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(server.body)
    fetch(server, target)
    assert server.requested == [f"bytes={len(server.body)}-"]
    (target / "test_batch").unlink()
    part.write_bytes(server.body + b"more")
    fetch(server, target)
    assert server.requested[-1] is None
    assert len(load_cifar10(target).y_test) == 4


def test_a_damaged_file_is_fetched_again(server, target):
    fetch(server, target)
    (target / "data_batch_2").write_bytes(b"damaged")
    fetch(server, target)
    assert len(server.requested) == 2
    assert len(load_cifar10(target).y_train) == 20


def test_a_wrong_checksum_is_one_sentence_and_leaves_nothing(server, target):
    with pytest.raises(DataError, match="does not have the checksum sha256:00") as info:
        download_cifar10(target, server.url, "sha256:" + "0" * 64, progress=False)
    assert "\n" not in str(info.value)
    assert list(target.parent.iterdir()) == [target]
    assert list(target.iterdir()) == []
    fetch(server, target)
    assert server.requested == [None, None]


def test_a_partial_file_of_something_else_does_no_harm(server, target):
    part = target.parent / "cifar-10-python.tar.gz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"something else")
    with pytest.raises(DataError, match="checksum"):
        fetch(server, target)
    fetch(server, target)
    assert len(load_cifar10(target).y_train) == 20


def test_archives_that_are_not_cifar10(serve, target):
    for body, message in ((b"not a tar", "is damaged"), (empty_archive(), "is not the CIFAR-10")):
        server = serve(body)
        with pytest.raises(DataError, match=message):
            fetch(server, target)
        assert list(target.parent.iterdir()) == [target]


def empty_archive():
    buffer = io.BytesIO()
    tarfile.open(fileobj=buffer, mode="w:gz").close()
    return buffer.getvalue()


def test_hostile_batches_in_an_archive_are_refused(serve, tmp_path, target):
    bad = pickle.dumps(Hostile(os.mkdir, (str(tmp_path / "executed"),)))
    source = tmp_path / "hostile" / "cifar-10-batches-py"
    write_batches(source)
    (source / "data_batch_1").write_bytes(bad)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.add(source, "cifar-10-batches-py")
    with pytest.raises(DataError, match="data_batch_1"):
        fetch(serve(buffer.getvalue()), target)
    assert not (tmp_path / "executed").exists()


def test_no_network_is_one_sentence(server, target):
    server.shutdown()
    server.server_close()
    with pytest.raises(DataError, match=r"cannot reach .*refused.*CIFAR10_DIR"):
        fetch(server, target)


def test_a_missing_page_is_one_sentence(serve, target, monkeypatch):
    server = serve(b"x")
    monkeypatch.setattr(Handler, "do_GET", lambda self: self.send_error(404))
    with pytest.raises(DataError, match="answered 404"):
        fetch(server, target)


def test_a_connection_that_dies_is_one_sentence(server, target, monkeypatch):
    class Dying:
        def __init__(self, response):
            self.response = response
            self.status, self.headers = response.status, response.headers

        def __enter__(self):
            return self

        def __exit__(self, *args):
            self.response.close()

        def read(self, n):
            raise ConnectionResetError(104, "Connection reset by peer")

    urlopen = urllib.request.urlopen
    monkeypatch.setattr(urllib.request, "urlopen", lambda *a, **k: Dying(urlopen(*a, **k)))
    with pytest.raises(DataError, match=r"broke off \(Connection reset by peer\): run it again"):
        fetch(server, target)


def test_a_disk_that_refuses_is_one_sentence(server, target, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="cannot store CIFAR-10"):
        fetch(server, tmp_path / "file" / "cifar-10-batches-py")

    def full(source, destination):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download.shutil, "copyfileobj", full)
    with pytest.raises(DataError, match=r"cannot extract .*No space left on device"):
        fetch(server, target)
    assert list(target.iterdir()) == []
    monkeypatch.undo()
    fetch(server, target)
    assert len(server.requested) == 1  # the archive was kept


# Generated images


def test_generated_images_have_the_form_of_cifar10():
    images, labels = generate_images(500, seed=1)
    assert (images.shape, images.dtype) == ((500, 32, 32, 3), np.uint8)
    assert (labels.shape, labels.dtype) == ((500,), np.int64)
    np.testing.assert_array_equal(np.bincount(labels), [50] * 10)
    assert len(SYNTHETIC_CLASSES) == 10
    assert len({image.tobytes() for image in images}) == 500


def test_generated_images_are_pinned():
    """The same bytes on every platform: notebooks and tests may rely on them."""
    images, labels = generate_images(30, seed=0)
    digest = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    assert digest[:16] == "49f34a0aabc320c2"
    assert not np.array_equal(images, generate_images(30, seed=1)[0])


def test_generated_data_have_the_form_of_the_loader(folder):
    write_batches(folder)
    real = get_cifar10_data(12, 5, 3, directory=folder)
    data = get_synthetic_data(12, 5, 3)
    assert data.keys() == real.keys()
    for name, array in real.items():
        assert (data[name].shape, data[name].dtype) == (array.shape, array.dtype)
        assert data[name].flags.c_contiguous
    assert np.abs(data["X_train"].mean(axis=0)).max() < 1e-4
    again = get_synthetic_data(12, 5, 3)
    for name, array in data.items():
        np.testing.assert_array_equal(array, again[name])


def test_the_fallback_is_asked_for_and_announced(folder):
    with pytest.raises(DataNotFoundError):
        get_cifar10_data(12, 5, 3, directory=folder)
    with pytest.warns(UserWarning, match=r"generated images instead of CIFAR-10: .*make data"):
        data = get_cifar10_data(12, 5, 3, directory=folder, fallback="synthetic")
    np.testing.assert_array_equal(data["X_val"], get_synthetic_data(12, 5, 3)["X_val"])
    with pytest.raises(ValueError, match="fallback"):
        get_cifar10_data(12, 5, 3, directory=folder, fallback="random")


def test_the_fallback_does_not_hide_damage(folder):
    write_batches(folder)
    (folder / "data_batch_1").write_bytes(b"damaged")
    with pytest.raises(DataError, match="data_batch_1 is damaged"):
        get_cifar10_data(12, 5, 3, directory=folder, fallback="synthetic")


def test_a_small_net_learns_generated_images(rules):
    data = get_synthetic_data(4000, 500, 0)
    net = FullyConnectedNet([100], rng=0)
    config = {"learning_rate": 1e-3}
    solver = Solver(
        net, data, update_rule=rules.adam, optim_config=config, num_epochs=4, rng=0, verbose=False
    )
    solver.train()
    assert solver.val_acc_history[0] < 0.5
    assert solver.best_val_acc > 0.8
