"""Signing in: who somebody is, how that is proved, and the log of it.

Passwords, second factors, passkeys, sessions and other houses' accounts are django-allauth's; residents'
phone codes, the demo's cast, the security log and the accounts of staff are ours. docs/adr/0014-signing-in.md.
"""
