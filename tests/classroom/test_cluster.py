"""A Dask cluster grades as this machine does; what must not be used is refused by name."""

import datetime
import ipaddress
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("distributed")

import dask.config
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from distributed import Client, LocalCluster, Security

from grader.classroom import cluster as cluster_module
from grader.classroom import commands, remote
from grader.classroom.cluster import (
    Cluster,
    ClusterError,
    ClusterLost,
    NotAResult,
    grade_on,
    require_usable,
)
from grader.classroom.gradebook import Gradebook
from grader.classroom.grading import grade_all, take_in
from grader.classroom.layouts import find_submissions
from grader.classroom.pool import WorkerLost
from grader.classroom.worker import Done, Setup, Task
from grader.commands import DONE, UsageError
from grader.project import Project
from tests.classroom.conftest import EXITS, WRONG

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="confined on Linux only"),
    # Dask and tornado leave a socket to the garbage collector when a connection ends in a hurry.
    pytest.mark.filterwarnings("ignore:unclosed .*(socket|transport|event loop):ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
SEED = 20

# A check that a submission can end the grader with: for tests only, there is none in earnest.
DEADLY_CHECK = '''

@check("double", edge=True)
def test_ends_the_worker(student):
    """Thirteen ends the worker."""
    import os
    if student.double(np.array([13.0]))[0] == 13:
        os._exit(1)
'''


def make_certificates(folder):
    """A certificate of its own for 127.0.0.1, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    for name in ("ca.pem", "cert.pem"):
        (folder / name).write_bytes(certificate.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    make_certificates(folder)
    return folder


@pytest.fixture(scope="module")
def security(tls):
    ca, cert, key = (str(tls / name) for name in ("ca.pem", "cert.pem", "key.pem"))
    pairs = {f"tls_{role}_{kind}": path for role in ("client", "scheduler", "worker")
             for kind, path in (("cert", cert), ("key", key))}  # fmt: skip
    return Security(tls_ca_file=ca, require_encryption=True, **pairs)


@pytest.fixture(scope="module")
def address(security):
    """A cluster of two processes, encrypted, that gives a task up when it has ended a worker."""
    settings = {"distributed.scheduler.allowed-failures": 0}
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls://",
            security=security,
            dashboard_address=None,
        ) as cluster,
    ):
        yield cluster.scheduler_address


@pytest.fixture
def cluster(address, tls):
    return Cluster(address, tls)


@pytest.fixture
def client(address, security):
    """To look behind the scenes."""
    with Client(address, security=security, set_as_default=False) as client:
        yield client


@pytest.fixture
def class_folder(write_class):
    """Five students of the toy assignment: right, wrong, one that exits, and one unreadable."""
    return write_class(ann={}, bob=WRONG, cy=EXITS, dee={}, eve=b"no zip at all")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("course") / "toy")


@pytest.fixture
def course(toy, toy_checks, kept):
    """One project for all of these tests, for a worker holds on to the first that it has loaded."""
    if not kept.root.exists():
        shutil.copytree(toy(checks=toy_checks + DEADLY_CHECK).root, kept.root)
    return kept


def graded(project, class_folder, path, workers):
    """The rows of a gradebook after a class was graded, and how it went."""
    with Gradebook(path) as book:
        take_in(book, find_submissions(class_folder).found)
        _, tally = grade_all(project, book, seed=SEED, workers=workers)
        return book.dump(), tally


def test_the_gradebook_is_the_same_as_from_this_machine(course, class_folder, cluster, tmp_path):
    here, _ = graded(course, class_folder, tmp_path / "here.db", 1)
    there, tally = graded(course, class_folder, tmp_path / "there.db", partial(grade_on, cluster))
    assert there == here
    assert (tally.graded, tally.full, tally.withheld) == (5, 2, [])


def tasks(toy_files, *students, **changed):
    files = {name: text.encode() for name, text in toy_files.items()}
    for student in students:
        own = {name: text.encode() for name, text in changed.get(student, {}).items()}
        yield Task(student, f"sha256:{student}", {**files, **own})


def test_what_ends_every_worker_is_given_up_alone(course, toy_files, cluster):
    setup = Setup(str(course.root), SEED)
    deadly = {"arithmetic.py": toy_files["arithmetic.py"].replace("2 * x", "x + (x[0] != 13) * x")}
    names = ["ann", "bob", "deadly", "cy", "dee"]
    found = list(grade_on(cluster, setup, tasks(toy_files, *names, deadly=deadly)))
    assert [str(one) for one in found if isinstance(one, WorkerLost)] == ["deadly"]
    done = [one for one in found if isinstance(one, Done)]
    assert sorted(one.student for one in done) == ["ann", "bob", "cy", "dee"]
    assert {one.result["score"] for one in done} == {100.0}


def test_stopping_cancels_what_is_on_its_way_and_takes_no_more(course, toy_files, cluster, client):
    taken = []

    def many():
        for task in tasks(toy_files, *(f"student{number}" for number in range(100))):
            taken.append(task)
            yield task

    results = grade_on(cluster, Setup(str(course.root), SEED), many())
    next(results)
    results.close()
    assert len(taken) < 30
    while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)):
        time.sleep(0.05)


def leave_layers_out(*layers):
    hosting, remote = sys.modules["grader.hosting"], sys.modules["grader.classroom.remote"]
    remote.open_host = partial(hosting.open_host, without=frozenset(layers))


def send_something_else(text):
    remote = sys.modules["grader.classroom.remote"]
    remote.grade_task = (lambda setup, task: Done("", "", text)) if text else WORKING["grade_task"]


WORKING = {"grade_task": remote.grade_task}


def test_a_worker_without_isolation_is_refused(course, toy_files, cluster, client):
    setup = Setup(str(course.root), SEED + 1)  # a new run, so that it is looked at once more
    client.run(leave_layers_out, "landlock", "uid")
    try:
        with pytest.raises(ClusterError, match=r"The worker tls://.* lacks landlock"):
            list(grade_on(cluster, setup, tasks(toy_files, "ann")))
    finally:
        client.run(leave_layers_out)
    (done,) = grade_on(cluster, setup, tasks(toy_files, "ann"))
    assert isinstance(done, Done)


def test_what_is_no_result_is_withheld_and_told(course, toy_files, cluster, client):
    setup = Setup(str(course.root), SEED)
    client.run(send_something_else, {"score": 100.0})
    try:
        (lost,) = grade_on(cluster, setup, tasks(toy_files, "ann"))
    finally:
        client.run(send_something_else, None)
    assert isinstance(lost, NotAResult)
    assert str(lost).startswith("ann (what the worker tls://127.0.0.1")


def test_another_grader_there_is_refused_before_anything_is_graded(
    course, toy_files, cluster, tmp_path
):
    setup = Setup(str(course.root), SEED)
    other = Project(tmp_path / "other")
    shutil.copytree(course.root, other.root)
    elsewhere = Cluster(cluster.address, cluster.tls, remote_root=str(other.root))
    (done,) = grade_on(elsewhere, setup, tasks(toy_files, "ann"))
    assert done.result["score"] == 100.0

    changed = Project(tmp_path / "changed")
    shutil.copytree(course.root, changed.root)
    (changed.checks / "test_toy.py").write_text("# nothing is checked any more\n")
    for root, told in ((changed.root, "another version"), (tmp_path / "no", "has no project")):
        elsewhere = Cluster(cluster.address, cluster.tls, remote_root=str(root))
        with pytest.raises(ClusterError, match=told):
            list(grade_on(elsewhere, setup, tasks(toy_files, "ann")))


def test_a_worker_of_several_threads_or_with_old_modules_is_refused(toy, monkeypatch):
    setup = Setup(str(toy().root), SEED)
    digest = remote.full_digest(setup.root)
    monkeypatch.setattr(remote, "_loaded", set())
    assert "--nthreads 1" in remote.why_unfit(setup, digest, 2)
    assert remote.why_unfit(setup, digest, 1) == ""
    (Path(setup.root) / "grader" / "checks" / "test_toy.py").write_text("# mended")
    assert "start it again" in remote.why_unfit(setup, remote.full_digest(setup.root), 1)


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "tcp://cluster.example.edu:8786"]
)
def test_submissions_do_not_cross_a_network_unencrypted(address):
    with pytest.raises(ClusterError, match="--insecure-cluster"):
        require_usable(Cluster(address))
    require_usable(Cluster(address, insecure=True))


def test_what_stays_on_this_machine_or_is_encrypted_may_travel(tls):
    for address in ("tcp://127.0.0.1:8786", "localhost:8786", "tcp://[::1]:8786", "tls://a:1"):
        require_usable(Cluster(address))
    require_usable(Cluster("tls://10.0.0.5:8786", tls))


def test_wrong_addresses_and_certificates_are_told(tls, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ClusterError, match="no address that can be used"):
        require_usable(Cluster("http://127.0.0.1:8786"))
    with pytest.raises(ClusterError, match=r"ca\.pem is not there"):
        require_usable(Cluster("tls://127.0.0.1:8786", tmp_path))
    with pytest.raises(ClusterError, match="no Dask scheduler to be reached"):
        next(grade_on(Cluster("tcp://127.0.0.1:9"), Setup("", 1), []))


@pytest.fixture
def processes(tmp_path):
    """A scheduler and a worker of their own, and the scheduler's address."""
    file = tmp_path / "scheduler.json"
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    options = {"env": {**os.environ, "PYTHONPATH": root}, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "dask"]
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    started = [
        subprocess.Popen([*command, "scheduler", "--host", "127.0.0.1", "--port", "0", *common],
                         **options),
        subprocess.Popen([*command, "worker", "--nthreads", "1", "--no-nanny", *common,
                          "--local-directory", str(tmp_path), "--death-timeout", "60"], **options),
    ]  # fmt: skip
    yield started, file
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("counted_every", [0, 1000])  # noticed at a count of workers, or a result
def test_a_scheduler_that_is_lost_loses_nothing(
    toy, class_folder, processes, tmp_path, monkeypatch, counted_every
):
    monkeypatch.setattr(cluster_module, "COUNTED_EVERY", counted_every)
    project = toy()
    whole, _ = graded(project, class_folder, tmp_path / "whole.db", 1)
    (scheduler, _), file = processes
    with Client(scheduler_file=str(file), set_as_default=False, timeout=60) as client:
        address = client.scheduler.address

    def until_it_is_lost(setup, waiting):
        for result in grade_on(Cluster(address), setup, waiting):
            yield result
            scheduler.kill()
            scheduler.wait()

    with Gradebook(tmp_path / "lost.db") as book:
        take_in(book, find_submissions(class_folder).found)
        with pytest.raises(ClusterLost, match="the same command goes on"):
            grade_all(project, book, seed=SEED, workers=until_it_is_lost)
        assert 0 < len(list(book.attempts())) < 5
        grade_all(project, book, seed=SEED + 1, workers=1)
        assert book.dump() == whole


def test_the_command_says_what_does_not_go_together(toy, class_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(toy().root)
    book = tmp_path / "gradebook.db"
    with pytest.raises(UsageError, match="need --cluster"):
        commands.cluster_from(None, tmp_path, False, "")
    assert commands.cluster_from(None, None, False, "") is None
    cluster = commands.cluster_from("tcp://10.0.0.5:8786", None, False, "")
    with pytest.raises(ClusterError, match="--insecure-cluster"):
        commands.grade_command(class_folder, book, cluster=cluster)
    cluster = commands.cluster_from("tcp://127.0.0.1:8786", None, False, "")
    with pytest.raises(UsageError, match="leave it out"):
        commands.grade_command(class_folder, book, workers=2, cluster=cluster)
    assert not book.exists()


def test_the_command_grades_on_a_cluster(course, class_folder, cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(course.root)
    book = tmp_path / "gradebook.db"
    code = commands.grade_command(class_folder, book, quiet=True, seed=SEED, cluster=cluster)
    assert code == DONE
    with Gradebook(book) as opened:
        assert len(list(opened.attempts())) == 5
