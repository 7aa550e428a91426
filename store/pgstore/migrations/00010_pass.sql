-- +goose Up

-- Whether the stories of a walk come when the walker passes a place, and where the walker was at the last story; 0, 0 = unknown.
ALTER TABLE walks
    ADD COLUMN pass     boolean NOT NULL DEFAULT false,
    ADD COLUMN told_lat double precision NOT NULL DEFAULT 0,
    ADD COLUMN told_lon double precision NOT NULL DEFAULT 0;
