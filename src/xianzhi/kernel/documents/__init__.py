"""文书: the official documents that units issue, from the step that issues one to the copy that somebody checks.

kinds      what a service declares: `Kind`, and `@content(KIND)` for what stands in one
issue      the door issues the documents of a step in the step's own transaction: number, frozen content, digest, code
standing   in force, superseded, revoked: whoever may change it, and what is kept of that
fonts      which faces there are, and which of them stands for 仿宋, 小标宋, 黑体, 楷体
render     Typst sets the PDF; it is kept once under its digest, like a material
word, ofd  the same document as DOCX and as OFD
batches    many documents of one kind, made by the worker, taken up again after a kill
check      what no longer agrees with its digest, every night and for `xianzhi ledger verify`

A service writes its kinds in its room `documents/`, thin Typst templates beside them. Nothing here knows a service.
"""
