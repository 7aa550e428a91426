-- +goose Up

ALTER TABLE users ADD COLUMN questions_noted boolean NOT NULL DEFAULT false;
