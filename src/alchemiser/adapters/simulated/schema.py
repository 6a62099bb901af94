"""The tables of the venue's file and what is asked of them."""

APPLICATION = 0x414C4342
"""`ALCB` in the file's header: whose file it is."""

VERSION = 3

_ACTIVITIES = (
    # `pay_day` is set, and the row not yet the account's, while a dividend is owed.
    """CREATE TABLE activities (
        number INTEGER PRIMARY KEY, activity_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
        day TEXT NOT NULL, cash TEXT NOT NULL, symbol TEXT, quantity TEXT NOT NULL,
        text TEXT NOT NULL, pay_day TEXT)""",
    "ALTER TABLE account ADD COLUMN actions_through TEXT",
)
_RECEIVED = (
    "ALTER TABLE activities ADD COLUMN received TEXT",
    "ALTER TABLE activities ADD COLUMN received_quantity TEXT NOT NULL DEFAULT '0'",
)
UPGRADES = {
    1: (
        "ALTER TABLE orders ADD COLUMN time_in_force TEXT NOT NULL DEFAULT 'day'",
        *_ACTIVITIES,
    ),
    2: _RECEIVED,
}
"""What makes a file of each older version one of the next."""

CREATE = (
    "CREATE TABLE account (account_id TEXT PRIMARY KEY, name TEXT NOT NULL, cash TEXT NOT NULL)",
    "CREATE TABLE positions (symbol TEXT PRIMARY KEY, quantity TEXT NOT NULL)",
    "CREATE TABLE marks (symbol TEXT PRIMARY KEY, price TEXT NOT NULL)",
    """CREATE TABLE orders (
        entry INTEGER PRIMARY KEY, cl_ord_id TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL,
        session TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, order_qty TEXT NOT NULL,
        price TEXT NOT NULL, ord_status TEXT NOT NULL, entered_at TEXT NOT NULL,
        closes_at TEXT NOT NULL, matches INTEGER NOT NULL, cancel_at TEXT,
        time_in_force TEXT NOT NULL DEFAULT 'day')""",
    """CREATE TABLE fills (
        cl_ord_id TEXT NOT NULL REFERENCES orders (cl_ord_id), number INTEGER NOT NULL,
        exec_id TEXT NOT NULL UNIQUE, symbol TEXT NOT NULL, side TEXT NOT NULL,
        quantity TEXT NOT NULL, price TEXT NOT NULL, commission TEXT NOT NULL,
        transact_time TEXT NOT NULL, PRIMARY KEY (cl_ord_id, number))""",
    """CREATE TABLE due_fills (
        cl_ord_id TEXT NOT NULL REFERENCES orders (cl_ord_id), number INTEGER NOT NULL,
        quantity TEXT NOT NULL, price TEXT NOT NULL, commission TEXT NOT NULL,
        due_at TEXT NOT NULL, PRIMARY KEY (cl_ord_id, number))""",
    "CREATE INDEX orders_by_session ON orders (session)",
    "CREATE INDEX orders_by_status ON orders (ord_status)",
    f"PRAGMA application_id = {APPLICATION}",
    *_ACTIVITIES,
    *_RECEIVED,
    f"PRAGMA user_version = {VERSION}",
)

INSERT_ACCOUNT = "INSERT INTO account (account_id, name, cash) VALUES (?, ?, ?)"
UPDATE_CASH = "UPDATE account SET cash = ?"
DELETE_POSITION = "DELETE FROM positions WHERE symbol = ?"
SAVE_POSITION = "INSERT OR REPLACE INTO positions VALUES (?, ?)"
SAVE_MARK = "INSERT OR REPLACE INTO marks VALUES (?, ?)"
INSERT_ORDER = "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
UPDATE_ORDER = "UPDATE orders SET ord_status = ?, matches = ?, cancel_at = ? WHERE entry = ?"
INSERT_FILL = "INSERT INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_DUE_FILL = "INSERT INTO due_fills VALUES (?, ?, ?, ?, ?, ?)"
DELETE_DUE_FILLS = "DELETE FROM due_fills WHERE cl_ord_id = ?"

_ORDERS = (
    "SELECT entry, cl_ord_id, order_id, session, symbol, side, order_qty, price, ord_status, "
    "entered_at, closes_at, matches, cancel_at, time_in_force FROM orders "
)
ORDER = _ORDERS + "WHERE cl_ord_id = ?"
OPEN_ORDERS = _ORDERS + "WHERE ord_status IN ('new', 'partially_filled') ORDER BY entry"
CL_ORD_IDS = "SELECT cl_ord_id FROM orders WHERE session = ? ORDER BY entry"
NEXT_ENTRY = "SELECT COALESCE(MAX(entry), 0) + 1 FROM orders"
FILLS = (
    "SELECT transact_time, quantity, price, commission FROM fills "
    "WHERE cl_ord_id = ? ORDER BY number"
)
_TRADES = (
    "SELECT session, fills.symbol, fills.side, transact_time, quantity, fills.price, commission "
    "FROM fills JOIN orders USING (cl_ord_id) WHERE {} ORDER BY entry, number"
)
TRADES = _TRADES.format("session >= ?")
TRADES_IN = _TRADES.format("session = ? AND fills.symbol = ?")
ACTIVITIES = (
    "SELECT activity_id, kind, day, cash, symbol, quantity, text, received, received_quantity "
    "FROM activities WHERE pay_day IS NULL AND day >= ? ORDER BY number"
)
PAYABLE = (
    "SELECT activity_id, kind, day, cash, symbol, quantity, text, received, received_quantity, "
    "pay_day FROM activities WHERE pay_day <= ? ORDER BY pay_day, number"
)
DELETE_PAYABLE = "DELETE FROM activities WHERE pay_day <= ?"
INSERT_ACTIVITY = (
    "INSERT INTO activities (activity_id, kind, day, cash, symbol, quantity, text, received, "
    "received_quantity, pay_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ACTIONS_THROUGH = "SELECT actions_through FROM account WHERE actions_through IS NOT NULL"
UPDATE_ACTIONS_THROUGH = "UPDATE account SET actions_through = ?"
DUE_FILLS = (
    "SELECT due_at, quantity, price, commission FROM due_fills WHERE cl_ord_id = ? ORDER BY number"
)
COUNT_FILLS = "SELECT COUNT(*) FROM fills WHERE cl_ord_id = ?"
