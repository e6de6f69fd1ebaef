-- Passwords that an identity provider hands over (PWD-3).

-- Whether the connection takes them.
ALTER TABLE connections ADD COLUMN passwords TEXT NOT NULL DEFAULT 'ignored' CHECK (passwords IN ('ignored', 'taken'));
-- When the passphrase that somebody has was handed over; null where they chose it, or have none.
ALTER TABLE users ADD COLUMN password_received_at BIGINT;
