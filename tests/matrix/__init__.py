"""Who may ask what: every route × role × whose row, with the answer expected as data.

``routes.csv`` and ``admin.csv`` hold the expectations, written by hand from what each role is for
and never computed from the code; ``expected`` reads them, ``listing`` finds the routes there are,
``world`` makes people and rows, ``asking`` sends the requests and tells what differs.
"""
