-- Who may ask the nodes over HTTP, and for what. The secret of a key is long and random, so that its plain hash says nothing.
CREATE TABLE api_keys (
    id      text PRIMARY KEY, -- the public part of the key
    name    text NOT NULL,    -- for people
    scope   text NOT NULL CHECK (scope IN ('READ', 'WRITE', 'ADMIN')),
    hash    text NOT NULL,    -- SHA-256 of the secret, in hexadecimal
    created bigint NOT NULL,
    revoked bigint            -- it stays, so that it is known what it was
);
