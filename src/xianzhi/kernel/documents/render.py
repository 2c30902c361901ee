"""Setting a document: the same content, template and faces give the same bytes, which are kept under their digest."""

import hashlib
import io
import json
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

from xianzhi.kernel import clock, registry
from xianzhi.kernel.documents import fonts, templates
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.materials import path_of
from xianzhi.kernel.models.documents import OfficialDocument
from xianzhi.law.errors import Finding, LawError

STANDARD = "a-2b"
"""PDF/A, so that the file can be kept for good."""
_GROUP = 4
_ONE_AT_A_TIME = Lock()
"""A compiler keeps the inputs of its last run."""


@dataclass(frozen=True, slots=True)
class Set:
    """A document as it was set."""

    pdf: bytes
    parts: list[dict[str, Any]]
    """What stands in its body, part by part, as plain text: for the Word copy."""


@lru_cache(maxsize=64)
def _compiler(template: Path, faces: typst.Fonts) -> typst.Compiler:
    return typst.Compiler(input=str(template), root=str(templates.ROOT), font_paths=faces)


def pdf_of(document: OfficialDocument) -> Path:
    """The PDF of a document, set when it is first asked for. Raises LawError where it cannot be."""
    if document.pdf_sha256 and path_of(document.pdf_sha256).is_file():
        return path_of(document.pdf_sha256)
    pdf = compiled(document).pdf
    sha256 = hashlib.sha256(pdf).hexdigest()
    if document.pdf_sha256 not in ("", sha256):
        what = f"{document.number} 的 PDF 不在存储中，现在的模板和字体排不出相同的文件"
        raise LawError(Finding(what, str(path_of(document.pdf_sha256)), "从备份中恢复该文件"))
    path = keep(pdf, sha256)
    fresh = {"pdf_sha256": sha256, "pdf_sm3": chain.sm3(pdf).hex(), "pdf_size": len(pdf), "pdf_at": clock.now()}
    if not document.pdf_sha256 and not OfficialDocument.objects.filter(pk=document.pk, pdf_sha256="").update(**fresh):
        document.refresh_from_db(fields=[*fresh])  # another process was faster, and its file counts
        return path_of(document.pdf_sha256) if document.pdf_sha256 != sha256 else path
    for name, value in fresh.items():
        setattr(document, name, value)
    return path


def keep(data: bytes, sha256: str) -> Path:
    """Puts bytes under their digest, whole or not at all."""
    path = path_of(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix="incoming-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
    return path


def compiled(document: OfficialDocument) -> Set:
    """Sets a document and reads its parts. Raises LawError for a template that cannot be set."""
    with _ONE_AT_A_TIME:
        compiler = _ready(document)
        pdf = _run(document, compiler, format="pdf", pdf_standards=STANDARD)
        parts = [one["value"] for one in json.loads(compiler.query("<part>"))]
    return Set(pdf, parts)


def pictures_of(document: OfficialDocument, ppi: int = 110) -> list[bytes]:
    """Each page as a PNG, for the screen."""
    with _ONE_AT_A_TIME:
        made = _run(document, _ready(document), format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def _ready(document: OfficialDocument) -> typst.Compiler:
    kind = registry.documents.get(document.kind)
    if kind is None:
        raise LawError(Finding(f"文书 {document.kind} 没有登记", document.number, "启用登记它的服务"))
    if not fonts.chosen()["fangsong"]:  # a page of boxes would be kept for good
        cure = "请系统管理员安装 fonts-noto-cjk，或把字体放进县包的 fonts 文件夹；文书已编号，装好后再打开即可"
        raise LawError(Finding("本机没有中文字体，文书暂不能排版", document.number, cure))
    return _compiler(kind.template, fonts.fonts())


def _run(document: OfficialDocument, compiler: typst.Compiler, **options: Any) -> Any:
    inputs = {
        "doc": json.dumps(document.content, ensure_ascii=False, sort_keys=True),
        "faces": json.dumps(fonts.chosen()),
        "qr": qr_svg(document.content["verify"]),
        "code": spaced(document.code),
    }
    try:
        return compiler.compile(sys_inputs=inputs, **options)
    except typst.TypstError as error:
        where = f"{registry.documents[document.kind].template} {document.number}"
        raise LawError(Finding(f"文书排版出错：{error.message}", where, "改正模板，或补上内容中缺的项")) from error


def qr_svg(text: str) -> str:
    """The QR code of a text, as SVG."""
    made = io.BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="svg", border=2, xmldecl=False)
    return made.getvalue().decode()


def spaced(code: str) -> str:
    """A verification code as it is printed: ABCD-EFGH-JKLM"""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
