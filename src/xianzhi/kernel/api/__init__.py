"""/api/v1: what the pages show and do, for programs; with the same guards, the same scope, the same door.

problems   what goes wrong, as RFC 9457 has it: every reason with its citation, the values used and the cure
scopes     what a token may be given, and whether it covers something
tokens     making, finding and revoking tokens; only a digest of each is kept
rates      how many requests are answered in a minute, counted in the database
guard      `@guarded(who, scope)`: who is asking, may they, how often; a view without it stops the start-up
paging     cursors: signed, opaque, undisturbed by what is added meanwhile
shapes     the fields of a step as JSON Schema
bodies     what a request holds: JSON or a form with files, read without surprises
schemas    what is answered
openings   how each procedure is opened; services add theirs with `@opens`
steps      taking a step, opening a case, sending a file ahead
cases, law, county, ledger   what can be read
hooks      subscriptions to events; `webhooks` finds what is due and delivers it
described  the OpenAPI description, with every step of every procedure
urls       all of it together; a service adds `router` and `prefix` from its room `api`
"""
