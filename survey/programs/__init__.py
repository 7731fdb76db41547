"""The subset of ODK Central's interface that its Python client calls (pyodk), below /v1/.

A project is a round; its number is the round's. Rows leave only where the round allows it, to directors,
without composition, contacts, places or free text, and every reading is written down. What this house
does not do (making forms, entities or projects from outside) is answered as Central answers what it lacks.
"""
