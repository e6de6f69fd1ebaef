-- Lists as somebody wants to see them again: a name, and the address with its filter.
CREATE TABLE saved_views (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The list: a word of `model::saved_view::ListShown`.
    list TEXT NOT NULL,
    name TEXT NOT NULL,
    -- What it is narrowed and sorted by: a query string that begins with `?`.
    query TEXT NOT NULL CHECK (query <> ''),
    UNIQUE (user_id, list, name)
);
