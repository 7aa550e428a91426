package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"excursobot/geo"
	"excursobot/store"
)

// Each of these statements stores one row as it is. Some store nothing if the row contradicts the rest of the store; their count shows it.
const (
	importUser = `
		WITH u AS (
			INSERT INTO users (id, language_code, banned, unreachable, hint_at, asked_at, created_at, seen_at, walks, metres,
				voice_forbidden, questions_noted)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $16, $19)
			ON CONFLICT (id) DO UPDATE SET language_code = excluded.language_code, banned = excluded.banned, unreachable = excluded.unreachable,
				hint_at = excluded.hint_at, asked_at = excluded.asked_at, created_at = excluded.created_at, seen_at = excluded.seen_at,
				walks = excluded.walks, metres = excluded.metres, voice_forbidden = excluded.voice_forbidden,
				questions_noted = excluded.questions_noted
			RETURNING id
		)
		INSERT INTO user_preferences (user_id, language, length, interests, hide_pictures, hide_pins, voice, no_news)
		SELECT id, $11, $12, $13::text[], $14::boolean, $15::boolean, $17, $18::boolean FROM u
		ON CONFLICT (user_id) DO UPDATE SET language = excluded.language, length = excluded.length, interests = excluded.interests,
			hide_pictures = excluded.hide_pictures, hide_pins = excluded.hide_pins, voice = excluded.voice, no_news = excluded.no_news`

	leadToPlace = `
		INSERT INTO pages (language, page, place) VALUES ($1, $2, $3)
		ON CONFLICT (language, page) DO UPDATE SET place = excluded.place`

	importStory = `
		INSERT INTO stories (` + storyColumns + `, leaf, edition)
		VALUES (` + storyValues + `, $32, $33)
		ON CONFLICT (place, language, length, aspect) DO UPDATE SET
			` + replaceStory + `,
			likes = excluded.likes, dislikes = excluded.dislikes, wrong_by = excluded.wrong_by, retired = excluded.retired,
			edition = excluded.edition`

	// A vote may name an edition that is gone from the stories, and no other text may get that number.
	countEditions = "SELECT setval('stories_edition_seq', $1) WHERE $1 > (SELECT last_value FROM stories_edition_seq)"

	importTold = `
		INSERT INTO told (` + toldColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (person, place) DO UPDATE SET at = excluded.at, walk = excluded.walk, number = excluded.number, vote = excluded.vote,
			vote_at = excluded.vote_at, vote_language = excluded.vote_language, vote_length = excluded.vote_length,
			vote_aspect = excluded.vote_aspect, vote_edition = excluded.vote_edition`

	importLedger = `
		INSERT INTO ledger (day, person, tokens) VALUES ($1, $2, $3)
		ON CONFLICT (day, person) DO UPDATE SET tokens = excluded.tokens`

	importStop = `
		INSERT INTO walk_stops (walk, number, place, title, lat, lon, at)
		SELECT id, $2::bigint, $3, $4, $5::double precision, $6::double precision, $7::timestamptz FROM walks WHERE id = $1 AND NOT closed AND $2 > 0
		ON CONFLICT (walk, number) DO UPDATE SET place = excluded.place, title = excluded.title, lat = excluded.lat, lon = excluded.lon, at = excluded.at`

	importClosed = `
		UPDATE walks SET closed_as = $1::bigint WHERE id = $2 AND closed AND (closed_as IS NULL OR closed_as = $1)
			AND NOT EXISTS (SELECT FROM walks WHERE closed_as = $1 AND id <> $2)
			AND $1 BETWEEN 1 AND least($3, 1 + (SELECT coalesce(max(closed_as), 0) FROM walks WHERE closed_as IS NOT NULL))`

	importPayment = `
		INSERT INTO donations (` + paymentColumns + `, ticket) VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (charge) DO UPDATE SET user_id = excluded.user_id, stars = excluded.stars, created_at = excluded.created_at,
			refunded_at = excluded.refunded_at`

	importEntry = `
		INSERT INTO inbox (` + entryColumns + `, ticket)
		SELECT $1::bigint, $2::bigint, $3::timestamptz, $4::bytea, $5::bigint, $6, $7::bigint, 0
		WHERE $1 <> 0 AND NOT EXISTS (SELECT FROM done_updates WHERE update_id = $1)
		ON CONFLICT (update_id) DO UPDATE SET chat = excluded.chat, arrived_at = excluded.arrived_at, raw = excluded.raw,
			tries = excluded.tries, place = excluded.place, message = excluded.message`

	importDone = `
		INSERT INTO done_updates (number, update_id)
		SELECT $1::bigint, $2::bigint
		WHERE $2 <> 0 AND $1 BETWEEN 1 AND least($3, 1 + (SELECT coalesce(max(number), 0) FROM done_updates))
			AND NOT EXISTS (SELECT FROM done_updates WHERE update_id = $2 AND number <> $1) AND NOT EXISTS (SELECT FROM inbox WHERE update_id = $2)
		ON CONFLICT (number) DO UPDATE SET update_id = excluded.update_id`

	countDone = "SELECT setval('done_updates_number_seq', (SELECT max(number) FROM done_updates))"

	importDeadLetter = `
		INSERT INTO parked_updates (number, ` + entryColumns + `)
		SELECT $1::bigint, $2::bigint, $3::bigint, $4::timestamptz, $5::bytea, $6::bigint, $7, $8::bigint
		WHERE $1 BETWEEN 1 AND least($9, 1 + (SELECT coalesce(max(number), 0) FROM parked_updates))
		ON CONFLICT (number) DO UPDATE SET update_id = excluded.update_id, chat = excluded.chat, arrived_at = excluded.arrived_at,
			raw = excluded.raw, tries = excluded.tries, place = excluded.place, message = excluded.message`
)

// PutRows implements store.RowStore.
func (s *Store) PutRows(ctx context.Context, rows []store.Row) error {
	for _, row := range rows {
		if err := checkRow(row.Value); err != nil {
			return fmt.Errorf("row %q of %s: %w", string(row.Key), row.Table, err)
		}
	}
	var refused error
	err := s.transact(ctx, repeatable, func(ctx context.Context, c *pgx.Conn) error {
		defer s.rollback(ctx, c)
		in := &intake{Batch: new(pgx.Batch)}
		beginIn(in.Batch, c)
		s.lock(in.Batch, lockPlaces)
		s.lock(in.Batch, lockWalks)
		s.lock(in.Batch, lockDeadLetters)
		for _, row := range rows {
			in.add(row)
		}
		if in.edition > 0 {
			in.Queue(countEditions, in.edition)
		}
		if in.done {
			in.Queue(countDone)
		}
		err := s.send(ctx, c, in.Batch)
		if refused = in.refused; err != nil || refused != nil {
			return err
		}
		b := new(pgx.Batch)
		b.Queue("COMMIT")
		return s.send(ctx, c, b)
	})
	return errors.Join(refused, err)
}

// intake queues the statements that store rows.
type intake struct {
	*pgx.Batch
	edition uint64 // the highest
	done    bool   // there are updates that are done
	refused error  // the first row that was not stored
}

// one queues a statement that stores one row, or none if the row contradicts the rest of the store.
func (in *intake) one(row store.Row, sql string, args ...any) {
	in.Queue(sql, args...).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() == 0 && in.refused == nil {
			in.refused = fmt.Errorf("row %q of %s: %w: it contradicts what is there", string(row.Key), row.Table, store.ErrInvalid)
		}
		return nil
	})
}

func (in *intake) add(row store.Row) {
	switch r := row.Value.(type) {
	case store.User:
		in.Queue(importUser, userFields(&r)...)
	case store.PlaceRow:
		in.Queue(upsertPlace, append(placeFields(&r.Place), ordered(geo.Leaf(r.Point)))...)
		in.Queue("DELETE FROM pages WHERE place = $1 AND language = $2", r.ID, r.Language)
		if r.Leads {
			in.Queue(leadToPlace, r.Language, r.PageID, r.ID)
		}
	case store.Tile:
		pages, err := encodePages(r.Pages)
		if err != nil {
			in.refused = errors.Join(in.refused, err)
			return
		}
		in.Queue(upsertTile, r.Language, ordered(r.Cell), pages, moment(r.Expires))
	case store.StoryRow:
		in.edition = max(in.edition, r.Edition)
		in.Queue(importStory, append(storyFields(&r.Story), ordered(geo.Leaf(r.Point)), r.Edition)...)
	case store.ArticleRow:
		in.Queue(upsertArticle, articleValues(&r.Article, r.Used)...)
	case store.Voice:
		in.Queue(upsertVoice, voiceFields(&r)...)
	case store.Report:
		in.Queue(upsertReport, reportFields(&r)...)
	case store.Judgement:
		queueJudgement(in.Batch, &r, true)
	case store.LastPoint:
		in.Queue(upsertLastPoint, lastPointFields(&r)...)
	case store.LastStory:
		in.Queue(upsertLastStory, lastStoryFields(&r)...)
	case store.Tour:
		in.Queue(upsertTour, tourFields(&r)...)
	case store.ToldRow:
		in.edition = max(in.edition, r.Vote.Edition)
		in.Queue(importTold, toldFields(&r)...)
	case store.LedgerRow:
		in.Queue(importLedger, string(r.Day), r.Person, r.Tokens)
	case store.Walk:
		in.Queue(importWalk, walkFields(&r)...)
		if r.Closed {
			in.Queue("DELETE FROM walk_stops WHERE walk = $1", r.ID)
		}
	case store.StopRow:
		in.one(row, importStop, append([]any{r.Walk}, stopFields(&r.Stop)...)...)
	case store.ClosedRow:
		in.one(row, importClosed, r.Position, r.Walk, store.WalksKept)
	case store.Payment:
		in.Queue(importPayment, paymentFields(&r)...)
	case store.Entry:
		in.one(row, importEntry, entryFields(&r)...)
	case store.DoneRow:
		in.done = true
		in.one(row, importDone, r.Position, r.Update, store.DoneKept)
	case store.DeadLetterRow:
		in.one(row, importDeadLetter, append(append([]any{r.Position}, entryFields(&r.Entry)...), store.DeadLettersKept)...)
	case store.SettingRow:
		if r.Value == "" {
			in.Queue("DELETE FROM settings WHERE name = $1", r.Name)
			return
		}
		in.Queue(upsertSetting, r.Name, r.Value)
	}
}

// checkRow refuses what the methods of the roles would refuse, and a record that no table holds.
func checkRow(record any) error {
	switch r := record.(type) {
	case store.User:
		return checkUser(&r, r.ID)
	case store.PlaceRow:
		return r.Place.Check()
	case store.Tile:
		return checkTile(&r)
	case store.StoryRow:
		return r.Story.Check()
	case store.ArticleRow:
		return r.Article.Check()
	case store.Voice:
		return r.Check()
	case store.Report:
		return r.Check()
	case store.Judgement:
		return r.Check()
	case store.LastPoint:
		return r.Check()
	case store.LastStory:
		return r.Check()
	case store.Tour:
		return r.Check()
	case store.ToldRow:
		return errors.Join(store.CheckKey(r.Walk), store.CheckMark(r.Vote.Mark),
			store.StoryKey{Place: r.Place, Language: r.Vote.Language, Length: r.Vote.Length, Aspect: r.Vote.Aspect}.Check())
	case store.LedgerRow:
		return store.CheckDay(r.Day)
	case store.Walk:
		return checkWalk(&r)
	case store.StopRow:
		return errors.Join(store.CheckKey(r.Walk, r.Place), store.CheckText(r.Title), store.CheckPoint(r.Point))
	case store.ClosedRow:
		return store.CheckKey(r.Walk)
	case store.Payment:
		return store.CheckName(r.Charge)
	case store.Entry:
		return store.CheckKey(r.Place)
	case store.DoneRow:
		return nil
	case store.DeadLetterRow:
		return store.CheckKey(r.Place)
	case store.SettingRow:
		return errors.Join(store.CheckName(r.Name), store.CheckText(r.Value))
	}
	return fmt.Errorf("%w: a record of type %T", store.ErrInvalid, record)
}
