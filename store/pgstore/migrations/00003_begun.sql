-- +goose Up

-- The story on its way in a walk.
ALTER TABLE walks
    ADD COLUMN begun_number  bigint NOT NULL DEFAULT 0,
    ADD COLUMN begun_asked   boolean NOT NULL DEFAULT false,
    ADD COLUMN begun_place   text NOT NULL DEFAULT '',
    ADD COLUMN begun_message bigint NOT NULL DEFAULT 0;

-- Places live for a while after they were fetched.
CREATE INDEX places_fetched_at ON places (fetched_at) WHERE fetched_at IS NOT NULL;
