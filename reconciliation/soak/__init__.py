"""The soak: people and programs at the same books at once, for long, and the proof afterwards.

``playground`` the books and what was acknowledged · ``operations`` what is done to them ·
``drive`` many threads of it · ``proof`` whether every promise and every acknowledgement holds.
"""
