"""A small run under the supervisor, as a process of its own that tests can interrupt or kill.

Arguments: a folder. Writes there `pids`, the process numbers of all children and grandchildren, and the lock.
"""

import asyncio
import sys
from pathlib import Path

from launcher.children import ChildSpec
from launcher.console import Console
from launcher.data_directory import DataDirectory
from launcher.exchange import stop_on_signals
from launcher.supervisor import Supervisor

IGNORES_TERM = (
    "import os, signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
    "print('pids', os.getpid(), child.pid, flush=True);\nwhile True: signal.pause()"
)
PLAIN = "import os, signal; print('pids', os.getpid(), flush=True); signal.pause()"


async def main(folder: Path) -> None:
    console = Console()
    data = DataDirectory(folder / "data")
    data.open()
    stop_on_signals(console)
    try:
        async with Supervisor(data.logs, console, data.lock_descriptor) as supervisor:
            for name, code in (("first", PLAIN), ("stubborn", IGNORES_TERM), ("last", PLAIN)):
                spec = ChildSpec(name, [sys.executable, "-c", code], ready_line="pids", stop_timeout=0.5)
                await supervisor.start(spec)
            pids = [word for log in data.logs.iterdir() for word in log.read_text().split()[1:]]
            (folder / "pids.new").write_text(" ".join(pids))
            (folder / "pids.new").rename(folder / "pids")
            await supervisor.wait_for_failure()
    except asyncio.CancelledError:
        console.line("stopped")
    finally:
        console.close()


asyncio.run(main(Path(sys.argv[1])))
