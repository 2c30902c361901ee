"""How the house speaks a second language: a view over words that stay Chinese wherever they are kept.

Chinese is the language of the source (docs/decisions/0002), so every Chinese word of the code, the templates and the
declarations is a message id. `extract` finds them all, `catalogue` keeps their translations in .po files and compiles
them, `said` puts a word or a whole stored sentence into the reader's language, and `page` does so for every text of a
page just before it is sent. Nothing that is stored is ever translated: events, decisions and documents stay Chinese.
"""
