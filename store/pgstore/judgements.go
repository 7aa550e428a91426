package pgstore

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const (
	// judgementColumns come from judgements j. The messages are three lists of the same length.
	judgementColumns = `j.place, j.language, j.length, j.aspect, j.text, j.objections, j.queued_at,
		(SELECT array_agg(m.chat ORDER BY m.number) FROM judgement_messages m WHERE ` + itsMessages + `),
		(SELECT array_agg(m.message ORDER BY m.number) FROM judgement_messages m WHERE ` + itsMessages + `),
		(SELECT array_agg(m.person ORDER BY m.number) FROM judgement_messages m WHERE ` + itsMessages + `)`

	itsMessages = "(m.place, m.language, m.length, m.aspect) = (j.place, j.language, j.length, j.aspect)"

	upsertJudgement = `
		INSERT INTO judgements (place, language, length, aspect, text, objections, queued_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (place, language, length, aspect) DO UPDATE SET text = excluded.text, objections = excluded.objections,
			queued_at = excluded.queued_at, replica = '', until = NULL`

	// The judgement is locked, so that it does not end before the message is there to go with it.
	addShown = `
		INSERT INTO judgement_messages (place, language, length, aspect, chat, message, person)
		SELECT place, language, length, aspect, $5::bigint, $6::bigint, $7::bigint FROM judgements
		WHERE place = $1 AND language = $2 AND length = $3 AND aspect = $4 FOR SHARE
		ON CONFLICT (place, language, length, aspect, chat, message) DO NOTHING`

	boundShown = `
		DELETE FROM judgement_messages WHERE (place, language, length, aspect) = ($1, $2, $3, $4) AND number IN (
			SELECT number FROM judgement_messages WHERE (place, language, length, aspect) = ($1, $2, $3, $4) ORDER BY number DESC OFFSET $5)`

	boundJudgements = `
		DELETE FROM judgements WHERE (place, language, length, aspect) IN (
			SELECT place, language, length, aspect FROM judgements
			ORDER BY queued_at DESC NULLS LAST, place DESC, language DESC, length DESC, aspect DESC OFFSET $1)`

	claimJudgements = `
		WITH free AS (
			SELECT place, language, length, aspect FROM judgements WHERE until IS NULL OR until <= $2
			ORDER BY queued_at NULLS FIRST, place, language, length, aspect LIMIT $4 FOR UPDATE SKIP LOCKED
		), j AS (
			UPDATE judgements j SET replica = $1, until = $3 FROM free f
			WHERE (j.place, j.language, j.length, j.aspect) = (f.place, f.language, f.length, f.aspect) RETURNING j.*
		)
		SELECT ` + judgementColumns + ` FROM j ORDER BY j.queued_at NULLS FIRST, j.place, j.language, j.length, j.aspect`
)

func keyFields(k *store.StoryKey) []any {
	return []any{&k.Place, &k.Language, (*string)(&k.Length), &k.Aspect}
}

func scanJudgement(row pgx.Row) (j store.Judgement, err error) {
	var chats, messages, people []int64
	err = row.Scan(append(keyFields(&j.StoryKey), &j.Text, &j.Objections, (*moment)(&j.Queued), &chats, &messages, &people)...)
	if len(j.Objections) == 0 {
		j.Objections = nil
	}
	for i := range chats {
		j.Shown = append(j.Shown, store.Shown{Chat: chats[i], Message: int(messages[i]), Person: people[i]})
	}
	return j, err
}

// queueJudgement queues the statements that store a judgement. Messages that it does not list stay before those that it lists, or go.
func queueJudgement(b *pgx.Batch, j *store.Judgement, only bool) {
	b.Queue(upsertJudgement, append(keyFields(&j.StoryKey), &j.Text, &j.Objections, (*moment)(&j.Queued))...)
	if only {
		b.Queue("DELETE FROM judgement_messages WHERE (place, language, length, aspect) = ($1, $2, $3, $4)", keyFields(&j.StoryKey)...)
	}
	for _, m := range j.Shown {
		b.Queue(addShown, append(keyFields(&j.StoryKey), m.Chat, m.Message, m.Person)...)
	}
	b.Queue(boundShown, append(keyFields(&j.StoryKey), store.MaxShown)...)
}

// QueueJudgement implements store.Judgements.
func (s *Store) QueueJudgement(ctx context.Context, j store.Judgement) error {
	if err := j.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		s.lock(b, lockJudgements)
		queueJudgement(b, &j, false)
		b.Queue(boundJudgements, store.MaxJudgements)
	})
}

// ShowPending implements store.Judgements.
func (s *Store) ShowPending(ctx context.Context, key store.StoryKey, m store.Shown) error {
	if err := key.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(addShown, append(keyFields(&key), m.Chat, m.Message, m.Person)...)
		b.Queue(boundShown, append(keyFields(&key), store.MaxShown)...)
	})
}

// ClaimJudgements implements store.Judgements. If the answer is lost, what it claimed is free when the lease ends.
func (s *Store) ClaimJudgements(ctx context.Context, replica string, now time.Time, lease time.Duration, limit int) ([]store.Judgement, error) {
	if err := store.CheckKey(replica); err != nil {
		return nil, err
	}
	var claimed []store.Judgement
	err := s.transact(ctx, once, func(ctx context.Context, c *pgx.Conn) error {
		ctx, cancel := context.WithTimeout(ctx, s.limit+grace)
		defer cancel()
		rows, err := c.Query(ctx, claimJudgements, replica, moment(now), moment(now.Add(lease)), max(limit, 0))
		if err != nil {
			return err
		}
		claimed, err = pgx.AppendRows[store.Judgement, []store.Judgement](nil, rows, func(row pgx.CollectableRow) (store.Judgement, error) {
			return scanJudgement(row)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// EndJudgement implements store.Judgements.
func (s *Store) EndJudgement(ctx context.Context, key store.StoryKey, text string, verdict store.Judged) (store.Judgement, error) {
	if err := cmp.Or(key.Check(), store.CheckVerdict(verdict)); err != nil {
		return store.Judgement{}, err
	}
	var j store.Judgement
	var found bool
	its := append(keyFields(&key), text)
	err := s.write(ctx, once, func(b *pgx.Batch) {
		b.Queue("SELECT FROM judgements j WHERE (place, language, length, aspect) = ($1, $2, $3, $4) AND text = $5 FOR UPDATE", its...)
		b.Queue("SELECT "+judgementColumns+` FROM judgements j
			WHERE (j.place, j.language, j.length, j.aspect) = ($1, $2, $3, $4) AND j.text = $5`, its...).QueryRow(func(row pgx.Row) (err error) {
			j, err = scanJudgement(row)
			found, err = gotRow(err)
			return err
		})
		b.Queue(`
			WITH ended AS (
				DELETE FROM judgements WHERE (place, language, length, aspect) = ($1, $2, $3, $4) AND text = $5 RETURNING 1
			)
			UPDATE stories s SET judged = $6, retired = retired OR $6 = '`+string(store.JudgedRefused)+`'
			WHERE (place, language, length, aspect) = ($1, $2, $3, $4) AND `+textHash+` = $5 AND EXISTS (SELECT FROM ended)`,
			append(its, string(verdict))...)
	})
	if err := orNotFound(found, err); err != nil {
		return store.Judgement{}, err
	}
	return j, nil
}

// PendingJudgements implements store.Judgements.
func (s *Store) PendingJudgements(ctx context.Context) (int, error) {
	n := 0
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT count(*) FROM judgements").Scan(&n)
	})
	return n, err
}
