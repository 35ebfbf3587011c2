"""Running a submission in a process apart. ``PROTOCOL.md`` describes the channel.

``server.py`` with ``wire.py``, ``cells.py`` and ``watch.py`` runs on the untrusted side, where the
rest of the package is out of reach; ``processes.py`` and ``link.py`` are the trusted side. Neither
``wire.py``, ``cells.py`` nor ``watch.py`` may import anything from the package.
"""
