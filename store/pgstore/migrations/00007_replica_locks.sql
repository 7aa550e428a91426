-- +goose Up

-- The advisory lock that the connection of a living replica holds. It proves nothing on another server, or after a restart of the server.
ALTER TABLE replicas
    ADD COLUMN lock_key  integer,     -- NULL = it holds none
    ADD COLUMN locked_on timestamptz, -- when the server started that has the lock
    ADD COLUMN missed_at timestamptz; -- when the lock was first found missing
