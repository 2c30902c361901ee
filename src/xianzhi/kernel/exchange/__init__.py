"""Exchange with the systems of other units.

An app declares contracts: `sends(...)` for what goes out, `receives(...)` for what comes in. A step's effect calls
`send`, which writes a signed message in the transaction of its event; the worker delivers it until the partner's
signed receipt comes. What comes in is checked, kept with its own bytes, and applied through the one door by the
partner's account, so that a message may come twice, late or in another order without harm.

keys        the county's SM2 key, kept outside the database
signing     what is signed, on a message and on a receipt
contracts   what is exchanged, declared by apps
partners    with whom, on what terms
outbox      writing messages, and what an answer means for them
delivery    sending what is due
inbox       taking messages in, once each
files       the same messages in a folder or on a page, where there is no connection
"""
