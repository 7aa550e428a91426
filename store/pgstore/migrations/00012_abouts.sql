-- +goose Up

-- Wikidata's descriptions of a place in languages other than English: language -> text.
ALTER TABLE places ADD COLUMN abouts json;
