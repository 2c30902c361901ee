"""个人信息: what is kept of persons is encrypted, shown masked, and opened only with a reason that stays on record.

keys      the key file outside the database: master keys that seal, index keys that look up, what is current
tokens    one sealed value as text: version, key, cipher, nonce, ciphertext and tag
masks     how each kind of value is shown: 140***********0019, 138****5678, 示*
sealed    `Sealed`: text that is always the masked one; only `opened` of this module gives the rest
fields    `SealedField` and `BlindField` of a model: stored sealed, looked up by a keyed digest
values    what a step was told of a person: sealed in the event's data under the key of its case
looks     the record of every look at an unmasked value, every export, correction and erasure: `record_export`
opening   who may open what is masked in a case, and `reveal`, which records before it shows
holdings  everything that is held on one person, as a list and as a file
rights    correction and erasure, where the law allows it
rotation  new keys for old, in batches, taken up again after a kill
health    what `xianzhi doctor` says of the keys
logs      the log formatter that masks what looks like an identity number or a telephone

A service marks the fields of its steps (`personal="phone"`), declares who may open them (`Procedure.opens`), and uses
`SealedField` in its models. Nothing here knows a service.
"""
