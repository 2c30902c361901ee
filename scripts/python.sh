# Sourced by ./run and ./test with $here set: puts a fitting interpreter into $python, or says what is missing.
# A virtual environment that already works wins; then the machine's own python3; then the versions by name.
python=
if "$here/.venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python="$here/.venv/bin/python"
else
    new_enough=
    for candidate in ${XIANZHI_PYTHON:+"$XIANZHI_PYTHON"} python3 python3.13 python3.12 python3.11 python3.14; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        new_enough=$candidate
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
    if [ -z "$python" ] && [ -n "$new_enough" ]; then
        echo "找到了 $new_enough，但缺少 venv 模块：在 Debian、Ubuntu 上请先安装 python3-venv（apt-get install python3-venv），再运行一次。" >&2
        echo "$new_enough lacks the venv module: on Debian or Ubuntu run 'apt-get install python3-venv', then try again." >&2
        exit 2
    elif [ -z "$python" ]; then
        echo "需要 Python 3.11 或更新版本：请先安装，或用 XIANZHI_PYTHON=/路径/python3 指明，再运行一次。" >&2
        echo "Python 3.11 or newer is needed: install it, or name it with XIANZHI_PYTHON=/path/to/python3, then try again." >&2
        exit 2
    fi
fi
