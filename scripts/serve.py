"""What ``./run`` does: environment, stylesheet, database, demo county, then the server."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from environment import PYTHON, ROOT, RUN_LOCK, environment, prepare, say, stop

HOST = "127.0.0.1"
OURS = ".xianzhi"  # marks a data folder as made by this command, so that --fresh throws away nothing else


def main() -> None:
    options = _options()
    var = Path(os.environ.get("XIANZHI_VAR") or ROOT / "var").expanduser().resolve()
    os.environ["XIANZHI_VAR"] = str(var)
    _ask_for_port(options.port)
    if options.fresh:
        _throw_away(var, asked=options.yes)
    prepare(RUN_LOCK)
    _make_data_folder(var)
    _note_missing_font()
    _xianzhi("样式", "stylesheet", "assets")
    _xianzhi("数据库", "database", "migrate", "--verbosity", "0")
    _xianzhi("示范县", "demo county", "demo", "--if-empty")
    say(
        f"\n县治已就绪，请在浏览器中打开 http://{HOST}:{options.port}/", "Open this address; Ctrl-C stops everything.\n"
    )
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", "xianzhi.site.commands", "serve", "--port", str(options.port)], environment())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run",
        description="准备一切并启动示范县：网页、后台任务、时钟一起启动，Ctrl-C 一起停止。 "
        "Sets everything up and serves the demo county.",
        epilog="数据在 var/ 中（环境变量 XIANZHI_VAR 可改）。 Data lives in var/ (XIANZHI_VAR moves it).",
    )
    parser.add_argument("--port", type=_port, default=8000, metavar="N", help="端口，默认 8000 (port, default 8000)")
    parser.add_argument(
        "--fresh", action="store_true", help="询问后清空数据，从头开始 (throw the data away, after asking)"
    )
    parser.add_argument("--yes", action="store_true", help="与 --fresh 同用：不再询问 (with --fresh: do not ask)")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"端口应为 1 到 65535 的整数，而不是 {text} (not a port)")
    return int(text)


def _ask_for_port(port: int) -> None:
    with socket.socket() as probe:
        # As the server will: a connection that has just ended does not count as in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            stop(
                f"没有权限使用端口 {port}：请换一个 1024 以上的端口，例如 ./run --port 8000",
                f"Port {port} is not allowed to you: choose one above 1024, as in ./run --port 8000",
            )
        except OSError:
            other = port + 1 if port < 65535 else 8000
            stop(
                f"端口 {port} 已被占用：请停止占用它的程序，或换一个端口，例如 ./run --port {other}",
                f"Port {port} is in use: stop what uses it, or choose another, as in ./run --port {other}",
            )


def _throw_away(var: Path, *, asked: bool) -> None:
    if os.environ.get("XIANZHI_DATABASE"):
        stop(
            "--fresh 只清空 var/ 中的数据；当前使用 XIANZHI_DATABASE 指定的数据库，请自行清空。",
            "--fresh empties var/ only, and XIANZHI_DATABASE names another database: empty that one yourself.",
        )
    if not var.exists() or not any(var.iterdir()):
        return
    if var != ROOT / "var" and not (var / OURS).is_file():
        stop(f"{var} 不是 ./run 建立的数据文件夹，未作改动。", f"./run did not make {var}: nothing was thrown away.")
    if not asked:
        if not sys.stdin.isatty():
            stop("--fresh 需要确认：请在终端中运行，或加 --yes。", "--fresh asks first: use a terminal, or add --yes.")
        say(f"将删除 {var} 中的全部数据。", "This deletes all data in it.")
        if input("确定吗？输入 yes 继续 (type yes to go on): ").strip().lower() != "yes":
            stop("未作改动。", "Nothing was changed.", status=1)
    shutil.rmtree(var)


def _make_data_folder(var: Path) -> None:
    try:
        new = not var.exists() or not any(var.iterdir())
        var.mkdir(parents=True, exist_ok=True)
        if new:
            (var / OURS).touch()
    except OSError as error:
        stop(
            f"无法使用数据文件夹 {var}：{error.strerror}",
            "The data folder cannot be used; set XIANZHI_VAR to another.",
        )


def _note_missing_font() -> None:
    """A note, never a failure: the pages are drawn by the reader's browser, which may well be on this machine."""
    try:
        found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
    if found.returncode == 0 and not found.stdout.strip():
        say(
            "提示：本机没有中文字体，在本机看网页会缺字，可安装 fonts-noto-cjk。",
            "Note: no Chinese font on this machine; fonts-noto-cjk has one.",
        )


def _xianzhi(zh: str, en: str, *arguments: str) -> None:
    done = subprocess.run([PYTHON, "-m", "xianzhi.site.commands", *arguments], cwd=ROOT, env=environment(), check=False)
    if done.returncode:
        command = " ".join(arguments)
        stop(
            f"准备{zh}时出错（原因见上）；单独重试：.venv/bin/xianzhi {command}",
            f"The {en} could not be prepared (see above); to try it alone: .venv/bin/xianzhi {command}",
            status=1,
        )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        raise SystemExit(130) from None
