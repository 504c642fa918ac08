"""Time /zoeken over HTTP on the shipped content: gunicorn with one worker, on one core, over loopback."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from searching.measure import percentile

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 6
CLIENTS = 4
START_SECONDS = 60
QUESTIONS = (
    "gezinshereniging", "9bis", "artikel 40ter", "bevel om het grondgebied te verlaten", "246.433", "C-578/08", "kind",
    "inreisverbod", "openbare orde", "dringende medische hulp", '"recht op verblijf"', "visum*", "mijn man is Belg",
    "art. 8 EVRM", "ocmw leefloon", "nationaliteit", "dublin", "verblijfskaart", "regroupement familial", "xyzzyq",
)  # fmt: skip


def measure_web() -> None:
    """Print the 95th percentile and the pages a second."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = _environment(Path(folder))
        helpdesk = [sys.executable, "-m", "helpdesk"]
        subprocess.run([*helpdesk, "init"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        command = [sys.executable, "-m", "gunicorn", "-w", "1", "--threads", str(CLIENTS), "-b", f"127.0.0.1:{port}"]
        command += ["--log-level", "error", "wsgi:app"]
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            _wait_for(port)
            _use_one_core(server.pid)
            _report(port)
        finally:
            server.terminate()
            server.wait()


def _report(port: int) -> None:
    _times(port, 1)
    alone = _times(port, ROUNDS)
    together: list[float] = []
    clients = [threading.Thread(target=lambda: together.extend(_times(port, ROUNDS))) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    rate = len(together) / (time.perf_counter() - started)
    print(f"\n/zoeken over HTTP, one worker on one core, {len(QUESTIONS)} questions of the shipped content")
    print(f"one visitor: p50 {statistics.median(alone):.1f} ms, p95 {percentile(alone, 0.95):.1f} ms")
    print(f"{CLIENTS} visitors at once: {rate:.0f} pages a second")


def _times(port: int, rounds: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for question in QUESTIONS * rounds:
        started = time.perf_counter()
        connection.request("GET", f"/zoeken?q={quote(question)}")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == HTTPStatus.OK, question
        times.append((time.perf_counter() - started) * 1_000)
    return times


def _environment(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
    return {**own, "HELPDESK_DATA_DIR": str(folder), "HELPDESK_SECRET_KEY": "only for measuring " * 3}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        try:
            _times(port, 1)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("The web server did not start.")


def _use_one_core(server: int) -> None:
    """Keep the server and its worker on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        return
    for task in Path("/proc").glob("[0-9]*/task/[0-9]*"):
        process = int(task.parent.parent.name)
        if process == server or _parent_of(process) == server:
            os.sched_setaffinity(int(task.name), {max(os.sched_getaffinity(0))})


def _parent_of(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[1])
    except OSError:
        return 0
