-- +goose Up

-- The topic of the chat in which a walk is shared; 0 = none.
ALTER TABLE walks ADD COLUMN topic bigint NOT NULL DEFAULT 0;
