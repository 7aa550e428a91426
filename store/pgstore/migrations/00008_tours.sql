-- +goose Up

-- The tour that a person planned or is on.
CREATE TABLE tours (
    person     bigint PRIMARY KEY,
    planned_at timestamptz,
    minutes    bigint NOT NULL,
    round      boolean NOT NULL,
    lat        double precision NOT NULL,
    lon        double precision NOT NULL,
    metres     double precision NOT NULL,
    stops      json,
    started_at timestamptz, -- NULL = it is only planned
    next       bigint NOT NULL,
    shown      bigint NOT NULL,
    heard      bigint NOT NULL,
    at         timestamptz
);
CREATE INDEX tours_at ON tours (at);

-- The next stop of the tour that a walk follows; 0, 0 = it follows none.
ALTER TABLE walks
    ADD COLUMN aim_lat double precision NOT NULL DEFAULT 0,
    ADD COLUMN aim_lon double precision NOT NULL DEFAULT 0;
