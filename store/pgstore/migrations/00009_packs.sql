-- +goose Up

-- What came with a pack and was not compared with Wikipedia since.
ALTER TABLE places ADD COLUMN packed boolean NOT NULL DEFAULT false;
ALTER TABLE stories ADD COLUMN packed boolean NOT NULL DEFAULT false;
