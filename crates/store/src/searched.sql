-- From version 5: the texts that assets are looked for by, for some assets that follow one another, a line for each; beside them, line
-- by line, what lists filter and sort by. A search reads these rows from end to end, and those of the assets that it shows.
CREATE TABLE asset_searched (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first    INTEGER NOT NULL CHECK (first >= 0), -- the position of the asset of the first line
    facts    TEXT NOT NULL, -- class, urgency, network, care area, between tabs
    orders   TEXT NOT NULL, -- places by urgency, title, address, last sight: eight hexadecimal digits each, and no line end
    text     TEXT NOT NULL, -- in lower case; its own line ends are U+001F
    PRIMARY KEY (round_id, first)
) STRICT;
