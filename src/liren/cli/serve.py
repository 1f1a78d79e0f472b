"""``liren serve``: the site under granian, one process by default, static files by WhiteNoise."""

import os
import socket
import sys

#: Pages that one process makes at the same time: measured, docs/adr/0003-dependencies.md.
PAGES = 2


def serve_words(command) -> None:
    command.add_argument("--port", type=int, default=8000, metavar="N")
    command.add_argument("--host", default="127.0.0.1", help="监听的地址；0.0.0.0 让别的机器也能访问")
    command.add_argument("--workers", type=int, default=1, metavar="N", help="进程数，默认 1")


def serve_run(args) -> int:
    from django.conf import settings

    check_address(args.host, args.port)
    if args.host not in ("127.0.0.1", "localhost", "::1") and not os.environ.get("LIREN_HOSTS"):
        allowed = "、".join(settings.ALLOWED_HOSTS)
        print(
            f"提示：别的机器用域名或地址访问会被拒绝，现在只认 {allowed}；请设 LIREN_HOSTS=域名",
            file=sys.stderr,
        )
    print(f"打开 http://{args.host}:{args.port} （Ctrl+C 停下）", flush=True)
    return serve(host=args.host, port=args.port, workers=args.workers)


def serve(*, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> int:
    """Serve until told to stop (Ctrl+C, SIGTERM). Django must be set up. Raises Refusal for a taken port.

    One process with two threads for pages answers a county's load, and a few more for who is just signing in; more
    processes are for more cores.
    """
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from liren.refusals import Refusal
    from liren.signin.line import SEATS

    check_address(host, port)
    if workers < 1:
        raise Refusal("bad_value", field="--workers", reason="至少 1")
    if workers > 1:
        _share_folder()
    connections.close_all()  # a connection must not be carried over into another process
    Granian(
        "liren.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=PAGES + SEATS,
        respawn_failed_workers=True,  # one that the kernel killed (memory) is replaced, the site stays up
        workers_kill_timeout=10,  # a worker that is interrupted twice may wait for ever
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0


def _share_folder() -> None:
    """Several processes keep their measures, and the line before the sign-in, in files of one folder: whoever is
    asked can add them up, and nobody stands in two lines."""
    import atexit
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix="liren-measures-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, with what to do, before anything is started."""
    from liren.refusals import Refusal

    if not 1 <= port <= 65535:
        raise Refusal("bad_value", field="--port", reason=f"{port} 不是端口；写 1 到 65535，例：--port 8080")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        reason = f"没有权限用端口 {port}；换一个大于 1023 的：--port 8080"
        raise Refusal("setup", reason=reason) from None
    except OSError as fault:
        reason = f"不能在 {host}:{port} 开站：{fault.strerror}。换一个端口，例：--port {min(port + 1, 65535)}"
        raise Refusal("setup", reason=reason) from None
