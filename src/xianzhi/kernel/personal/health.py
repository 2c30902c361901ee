"""What `xianzhi doctor` says of the keys: whether they are there, their owner's only, and open what was sealed."""

import stat
from collections.abc import Iterator

from xianzhi.kernel.personal import keys, rotation

_KEYS, _SEALED = "个人信息密钥", "加密的个人信息"


def findings() -> Iterator[tuple[str, str, str]]:
    """(what, found, remedy) for each thing looked at; an empty remedy where all is well. Makes no keys."""
    path = keys.path()
    try:
        there = path.stat()
    except OSError:
        lost = keys.something_sealed()
        remedy = "请从备份中恢复该文件，不要另建" if lost else ""
        yield _KEYS, f"没有 {path}" + ("" if lost else "，首次使用时自动生成"), remedy
        return
    mode = stat.S_IMODE(there.st_mode)
    yield _KEYS, f"{path} 权限 {mode:o}", f"请运行 chmod 600 {path}" if mode & 0o077 else ""
    try:
        missing, left = rotation.missing(), rotation.left()
    except keys.NoKeys as error:
        yield _KEYS, str(error), "请从备份中恢复该文件"
        return
    if missing:
        what = "、".join(f"{name}（{count} 项）" for name, count in sorted(missing.items()))
        yield _SEALED, f"密钥文件中缺少密钥 {what}", "请从备份中找回含有这些密钥的密钥文件"
    else:
        word = f"还有 {left} 行用旧密钥" if left else "都能用现有密钥打开"
        yield _SEALED, word, "请运行 xianzhi keys rotate 继续更换" if left else ""
