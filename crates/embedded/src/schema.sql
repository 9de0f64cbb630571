CREATE TABLE IF NOT EXISTS session (
    id TEXT NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    current TEXT NOT NULL,
    spent TEXT,
    spent_at INTEGER,
    expires_at INTEGER NOT NULL,
    device TEXT NOT NULL DEFAULT '',
    began_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_of_user ON session (user_id);
CREATE INDEX IF NOT EXISTS session_by_end ON session (expires_at);
