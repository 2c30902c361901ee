"""Backup and restore: everything that an installation holds, in one file that proves itself.

A backup is a zip: one file of JSON lines for each table, every material under its digest, and `manifest.json` with the
row count and SM3 digest of each table and the root of the ledger. It fits SQLite and PostgreSQL alike, so it is also
the way from one to the other. The keys of personal data are not in it: whoever finds a backup reads no identity number.
"""

from xianzhi.kernel.backup.archive import BadBackup, Last, Manifest, as_json, last
from xianzhi.kernel.backup.restoring import check, prove, restore
from xianzhi.kernel.backup.taking import take

__all__ = ["BadBackup", "Last", "Manifest", "as_json", "check", "last", "prove", "restore", "take"]
