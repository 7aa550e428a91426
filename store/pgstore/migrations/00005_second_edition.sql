-- +goose Up

ALTER TABLE users ADD COLUMN voice_forbidden boolean NOT NULL DEFAULT false;
ALTER TABLE user_preferences
    ADD COLUMN voice   text NOT NULL DEFAULT '',
    ADD COLUMN no_news boolean NOT NULL DEFAULT false;

ALTER TABLE told ADD COLUMN vote_aspect smallint NOT NULL DEFAULT 0;

ALTER TABLE places
    ADD COLUMN names              json, -- language -> name
    ADD COLUMN about              text NOT NULL DEFAULT '',
    ADD COLUMN sitelinks          json,
    ADD COLUMN credit_file        text NOT NULL DEFAULT '',
    ADD COLUMN credit_author      text NOT NULL DEFAULT '',
    ADD COLUMN credit_license     text NOT NULL DEFAULT '',
    ADD COLUMN credit_license_url text NOT NULL DEFAULT '',
    ADD COLUMN credit_page        text NOT NULL DEFAULT '',
    ADD COLUMN revision           bigint NOT NULL DEFAULT 0,
    ADD COLUMN edited_at          timestamptz;

ALTER TABLE stories
    ADD COLUMN aspect             smallint NOT NULL DEFAULT 0,
    ADD COLUMN credit_file        text NOT NULL DEFAULT '',
    ADD COLUMN credit_author      text NOT NULL DEFAULT '',
    ADD COLUMN credit_license     text NOT NULL DEFAULT '',
    ADD COLUMN credit_license_url text NOT NULL DEFAULT '',
    ADD COLUMN credit_page        text NOT NULL DEFAULT '',
    ADD COLUMN quotes             text[],
    ADD COLUMN judged             text NOT NULL DEFAULT '',
    ADD COLUMN version            bigint NOT NULL DEFAULT 0,
    ADD COLUMN article_edition    text NOT NULL DEFAULT '',
    ADD COLUMN article_page       bigint NOT NULL DEFAULT 0,
    ADD COLUMN revision           bigint NOT NULL DEFAULT 0;
ALTER TABLE stories DROP CONSTRAINT stories_pkey, ADD PRIMARY KEY (place, language, length, aspect);
DROP INDEX stories_leaf;
CREATE INDEX stories_leaf ON stories (language, leaf, place, length) WHERE NOT retired AND aspect = 0;
CREATE INDEX stories_retired ON stories (place, language, length, aspect) WHERE retired;

CREATE TABLE articles (
    edition    text COLLATE "C" NOT NULL,
    page       bigint NOT NULL,
    title      text NOT NULL,
    place      text NOT NULL,
    revision   bigint NOT NULL,
    edited_at  timestamptz,
    fetched_at timestamptz,
    checked_at timestamptz,
    text       bytea,           -- compressed
    size       bigint NOT NULL, -- of text
    used_at    timestamptz,
    PRIMARY KEY (edition, page)
);
ALTER TABLE articles ALTER COLUMN text SET STORAGE EXTERNAL;
CREATE INDEX articles_used_at ON articles (used_at NULLS FIRST, edition, page) INCLUDE (size);

-- Of the story with that key, or of an extract.
CREATE TABLE voices (
    place      text COLLATE "C" NOT NULL,
    language   text COLLATE "C" NOT NULL,
    length     text COLLATE "C" NOT NULL,
    aspect     smallint NOT NULL,
    voice      text COLLATE "C" NOT NULL,
    text       text NOT NULL, -- the hash of what is spoken
    model      text NOT NULL,
    file_id    text NOT NULL,
    duration   bigint NOT NULL, -- nanoseconds
    bytes      bigint NOT NULL,
    created_at timestamptz,
    PRIMARY KEY (place, language, length, aspect, voice)
);
CREATE INDEX voices_created_at ON voices (created_at) WHERE created_at IS NOT NULL;

-- The voices of a story go when it gets another text, is retired or deleted.
CREATE FUNCTION drop_voices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM voices
    WHERE place = OLD.place AND language = OLD.language AND length = OLD.length AND aspect = OLD.aspect;
    RETURN NULL;
END $$;
CREATE TRIGGER stories_voices AFTER UPDATE OF text, retired ON stories FOR EACH ROW
    WHEN (OLD.text <> NEW.text OR NEW.retired AND NOT OLD.retired) EXECUTE FUNCTION drop_voices();
CREATE TRIGGER stories_gone AFTER DELETE ON stories FOR EACH ROW EXECUTE FUNCTION drop_voices();

-- Where a person lately was, and what they lately heard, in a chat.
CREATE TABLE last_points (
    person bigint NOT NULL,
    chat   bigint NOT NULL,
    lat    double precision NOT NULL,
    lon    double precision NOT NULL,
    at     timestamptz,
    PRIMARY KEY (person, chat)
);
CREATE INDEX last_points_at ON last_points (at);

CREATE TABLE last_stories (
    person   bigint NOT NULL,
    chat     bigint NOT NULL,
    place    text NOT NULL,
    language text NOT NULL,
    length   text NOT NULL,
    aspect   smallint NOT NULL,
    message  bigint NOT NULL,
    at       timestamptz,
    PRIMARY KEY (person, chat)
);
CREATE INDEX last_stories_at ON last_stories (at);

-- Stories that wait for the judge, and the messages that showed them meanwhile.
CREATE TABLE judgements (
    place      text COLLATE "C" NOT NULL,
    language   text COLLATE "C" NOT NULL,
    length     text COLLATE "C" NOT NULL,
    aspect     smallint NOT NULL,
    text       text NOT NULL, -- the hash of the story's text
    objections text[],
    queued_at  timestamptz,
    replica    text NOT NULL DEFAULT '', -- who has it judged, until then
    until      timestamptz,
    PRIMARY KEY (place, language, length, aspect)
);
CREATE INDEX judgements_queued_at ON judgements (queued_at NULLS FIRST, place, language, length, aspect);

CREATE TABLE judgement_messages (
    place    text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,
    length   text COLLATE "C" NOT NULL,
    aspect   smallint NOT NULL,
    number   bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY, -- in the order of showing
    chat     bigint NOT NULL,
    message  bigint NOT NULL,
    person   bigint NOT NULL,
    PRIMARY KEY (place, language, length, aspect, chat, message),
    FOREIGN KEY (place, language, length, aspect) REFERENCES judgements (place, language, length, aspect) ON DELETE CASCADE
);

-- What people call wrong in an extract; language '' and revision 0 are the place as a whole.
CREATE TABLE reports (
    place    text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    title    text NOT NULL,
    wrong_by bigint[] NOT NULL,
    withheld boolean NOT NULL,
    restored boolean NOT NULL,
    at       timestamptz,
    PRIMARY KEY (place, language, revision)
);
CREATE INDEX reports_at ON reports (at) WHERE NOT withheld;
CREATE INDEX reports_withheld ON reports (place, language, revision) WHERE withheld;
