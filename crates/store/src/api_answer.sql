-- Answers to changes that programs asked for under a key, kept for a day so that the same request changes nothing twice, from version 5.
CREATE TABLE api_answer (
    key_digest     TEXT PRIMARY KEY, -- of the token and the key that it sent
    token_id       INTEGER NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    request_digest TEXT NOT NULL,
    at             INTEGER NOT NULL,
    code           INTEGER, -- of HTTP; none as long as there is no answer
    tag            TEXT,
    body           TEXT
) STRICT;
CREATE INDEX api_answer_by_at ON api_answer (at);
CREATE INDEX api_answer_by_token ON api_answer (token_id);
