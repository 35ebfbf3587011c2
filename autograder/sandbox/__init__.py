"""Running a submission in a process apart. ``PROTOCOL.md`` describes the channel.

``inside/`` is mounted into the sandbox and runs on the untrusted side; the modules here are the
trusted side.
"""
