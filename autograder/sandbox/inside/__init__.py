"""What is mounted into the sandbox, and runs on the untrusted side. Imports nothing of the package.

This folder is the trust boundary. ``server.py`` starts there as a script, and its neighbours are
plain modules to it; the trusted side imports what both sides share.
"""
