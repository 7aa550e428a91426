package pgstore

import (
	"context"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// endlessFor is the time that a forgotten walk without an end is remembered.
const endlessFor = 30 * 24 * time.Hour

// forgottenID is store.ForgottenID of what follows it, up to forgottenEnd; NULL if there is no secret yet.
const (
	forgottenID  = "('" + store.ForgottenPrefix + "' || encode(sha256(convert_to((SELECT value FROM settings WHERE name = '" + store.ForgetSecret + "') || ':' || "
	forgottenEnd = ", 'UTF8')), 'hex'))"
)

// makeSecret makes the secret of the ids of forgotten walks if a person has walks and there is none.
const makeSecret = `
	INSERT INTO settings (name, value) SELECT '` + store.ForgetSecret + `', $2::text WHERE EXISTS (SELECT FROM walks WHERE person = $1)
	ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE settings.value = ''`

// dropForgotten deletes walks that were just stored and whose persons were forgotten before.
const dropForgotten = "DELETE FROM walks w WHERE id = ANY ($1) AND EXISTS (SELECT FROM walks f WHERE f.id = " + forgottenID + "w.id" + forgottenEnd + ")"

// bareWalks keeps of a person's walks only that their shares ended, under ids that say nothing.
const bareWalks = `
	UPDATE walks SET id = ` + forgottenID + "id" + forgottenEnd + `,
		expires_at = coalesce(CASE WHEN closed THEN expires_at ELSE ends_at END, $2), revision = $3, closed = true,
		person = 0, chat = 0, message = 0, began_at = NULL, date = NULL, ends_at = NULL, interval = 0, anchor = NULL, due_at = NULL,
		first = false, chosen = false, question = 0, paused = false, parked = false, quiet = false, quiet_lat = 0, quiet_lon = 0,
		lat = 0, lon = 0, heading = 0, fixed_at = NULL, metres = 0, track = NULL, ended_at = NULL, reason = '',
		begun_number = 0, begun_asked = false, begun_place = '', begun_message = 0, topic = 0, aim_lat = 0, aim_lon = 0, pass = false, told_lat = 0, told_lon = 0
	WHERE person = $1 AND id NOT LIKE '` + store.ForgottenPrefix + `%'`

// ForgetUser implements store.Store. It reads all walks and the whole ledger, which is much for one person. But it is rare, and an
// index by person would cost every write.
func (s *Store) ForgetUser(ctx context.Context, person int64, at time.Time) error {
	secret := store.NewForgetSecret()
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		s.lock(b, lockWalks)
		b.Queue("SELECT FROM walks WHERE person = $1 ORDER BY id FOR UPDATE", person)
		b.Queue("DELETE FROM users WHERE id = $1", person)
		b.Queue(takeBack, person, nil)
		b.Queue("DELETE FROM told WHERE person = $1", person)
		if person != 0 { // the days' sums, and those forgotten before
			b.Queue("DELETE FROM ledger WHERE person = $1", person)
			b.Queue("UPDATE donations SET user_id = 0 WHERE user_id = $1", person)
		}
		b.Queue("DELETE FROM walk_stops USING walks WHERE walk = id AND person = $1", person)
		b.Queue(makeSecret, person, secret)
		b.Queue(bareWalks, person, moment(at.Add(endlessFor)), ordered(math.MaxUint64))
		b.Queue(numberClosed, nil)
		b.Queue(forgetClosed, store.WalksKept)
		// A private chat has the id of its person; a group's letters name those who wrote. An update in the inbox is being answered, and goes with
		// its answer.
		b.Queue("DELETE FROM parked_updates WHERE chat = $1 OR encode(raw, 'escape') ~ $2", person, store.NamesPerson(person))
		b.Queue("DELETE FROM last_points WHERE person = $1 OR chat = $1", person)
		b.Queue("DELETE FROM last_stories WHERE person = $1 OR chat = $1", person)
		b.Queue("DELETE FROM tours WHERE person = $1", person)
		b.Queue("DELETE FROM judgement_messages WHERE person = $1 OR chat = $1", person)
		b.Queue("UPDATE reports SET wrong_by = array_remove(wrong_by, $1) WHERE $1 = ANY (wrong_by)", person)
	})
}
