"""Who is let in, for how long, and who decides about it.

guesses.py    counts tries at a door before it looks at the password, and locks it for a while
passwords.py  what a password must be; changing, resetting, one-time passwords
second.py     one-time codes (TOTP) and recovery codes
sessions.py   what a session remembers of its beginning, when it ends, and whose sessions are open
kept.py       what was being entered when a session ended
middleware.py holds every request to all that
accounts.py   creating, disabling, resetting accounts; the three duties; invitations of subjects
records.py    the record of all of it
"""
