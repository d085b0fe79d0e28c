"""Sample accounts of the demo. `./run demo` makes them; the sign-in page offers them, in the demo only."""

DEMO_ACCOUNTS = {
    "operator": "operator@demo.example",
    "newcomer": "newcomer@demo.example",
    "customer": "customer@demo.example",
    "manager": "manager@demo.example",
    "moderator": "moderator@demo.example",
    "admin": "admin@demo.example",
}
"""Name in the address of the one-click sign-in → e-mail of the account."""
