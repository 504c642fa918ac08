"""Programs that serve while they are measured, and the processor time they take."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 180
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Serving:
    """Where programs are visited, and which programs they are."""

    ports: Sequence[int]
    programs: Sequence[int]

    def processor_seconds(self) -> float:
        """Return the processor time these programs and their workers took since they started."""
        parents = {process: parent for process in _processes() if (parent := _stat(process, 1)) is not None}
        ours = set(self.programs)
        while more := {process for process, parent in parents.items() if parent in ours} - ours:
            ours |= more
        return sum((_stat(process, 11) or 0) + (_stat(process, 12) or 0) for process in ours) / TICKS


@contextmanager
def site(folder: Path, *, nodes: int, workers: int, database_url: str = "") -> Iterator[Serving]:
    """Install the shipped content and the demo year, and serve it as in production from so many nodes."""
    environments = []
    for number in range(nodes):
        given = {
            "DATA_DIR": str(folder / f"node{number}"),
            "PORT": str(_free_port()),
            "WORKERS": str(workers),
            "SECRET_KEY": "only for measuring " * 3,
        }
        environments.append(_environment(given | ({"DATABASE_URL": database_url} if database_url else {})))
        command = [sys.executable, "-m", "helpdesk", "init" if number else "demo"]
        subprocess.run(command, env=environments[-1], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    with _running([([sys.executable, "-m", "helpdesk", "serve"], environment) for environment in environments]) as all_:
        yield all_


@contextmanager
def bare(*, workers: int) -> Iterator[Serving]:
    """Serve a page that costs nothing, with the server of the product."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", str(workers), "--threads", "4", "-b", f"127.0.0.1:{port}"]
    command += ["--chdir", str(ROOT / "benchmarks" / "loading"), "--log-level", "error", "bare:app"]
    with _running([(command, _environment({"PORT": str(port)}))]) as serving:
        yield serving


@contextmanager
def _running(commands: Sequence[tuple[Sequence[str], Mapping[str, str]]]) -> Iterator[Serving]:
    with ExitStack() as stack:
        programs = []
        for command, environment in commands:
            program = subprocess.Popen(  # noqa: S603 - our own programs
                command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(program.wait)
            stack.callback(program.terminate)
            programs.append(program.pid)
        ports = [int(environment["HELPDESK_PORT"]) for _, environment in commands]
        for port in ports:
            _wait_for(port)
        yield Serving(ports, programs)


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
    return {**own, "PYTHONPATH": str(ROOT), **{f"HELPDESK_{name}": value for name, value in given.items()}}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _stat(process: int, field: int) -> int | None:
    """Return a field of /proc/<process>/stat, counted after the name: 1 is the parent, 11 and 12 are ticks."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[field])
    except OSError:
        return None
