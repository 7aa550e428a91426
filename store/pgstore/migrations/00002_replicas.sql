-- +goose Up

-- A process that shares the work on this database; alive while its lease is.
CREATE TABLE replicas (
    id    text COLLATE "C" PRIMARY KEY,
    until timestamptz NOT NULL
);

-- Whose a chat is: the replica's if it is alive, else free.
CREATE TABLE chat_owners (
    chat     bigint PRIMARY KEY,
    replica  text COLLATE "C" NOT NULL REFERENCES replicas (id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL -- when somebody last wanted to know
);
CREATE INDEX chat_owners_replica ON chat_owners (replica, chat);

-- What all replicas together have so many of.
CREATE TABLE slots (
    kind    text COLLATE "C" NOT NULL,
    slot    integer NOT NULL,
    replica text COLLATE "C" NOT NULL REFERENCES replicas (id) ON DELETE CASCADE,
    until   timestamptz NOT NULL,
    PRIMARY KEY (kind, slot)
);
CREATE INDEX slots_replica ON slots (replica);

CREATE INDEX walks_open_chat ON walks (chat) WHERE NOT closed;
