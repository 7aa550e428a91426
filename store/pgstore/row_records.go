package pgstore

import (
	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const toldColumns = "person, place, at, walk, number, vote, vote_at, vote_language, vote_length, vote_aspect, vote_edition"

func toldFields(r *store.ToldRow) []any {
	v := &r.Vote
	return []any{
		&r.Person, &r.Place, (*moment)(&r.At), &r.Walk, &r.Number,
		(*int8)(&v.Mark), (*moment)(&v.At), &v.Language, (*string)(&v.Length), &v.Aspect, &v.Edition,
	}
}

func scanToldRow(row pgx.Row) (r store.ToldRow, err error) {
	err = row.Scan(toldFields(&r)...)
	return r, err
}

func scanKnownUser(row pgx.Row) (store.User, error) {
	u, _, err := scanUser(row)
	return u, err
}

func scanPlaceRow(row pgx.Row) (r store.PlaceRow, err error) {
	err = row.Scan(append(placeFields(&r.Place), &r.Leads)...)
	return r, err
}

func scanTile(row pgx.Row) (t store.Tile, err error) {
	var pages []byte
	if err := row.Scan(&t.Language, (*ordered)(&t.Cell), &pages, (*moment)(&t.Expires)); err != nil || pages == nil {
		return t, err
	}
	t.Pages, err = decodePages(pages)
	return t, err
}

func scanStoryRow(row pgx.Row) (r store.StoryRow, err error) {
	err = row.Scan(append(storyFields(&r.Story), &r.Edition)...)
	emptyToNil(&r.Story)
	return r, err
}

func scanArticleRow(row pgx.Row) (r store.ArticleRow, err error) {
	r.Article, err = scanArticle(row, (*moment)(&r.Used))
	return r, err
}

func scanLedgerRow(row pgx.Row) (r store.LedgerRow, err error) {
	err = row.Scan((*string)(&r.Day), &r.Person, &r.Tokens)
	return r, err
}

func scanBareWalk(row pgx.Row) (w store.Walk, err error) {
	err = row.Scan(walkFields(&w)...)
	return w, err
}

func scanStopRow(row pgx.Row) (r store.StopRow, err error) {
	err = row.Scan(append([]any{&r.Walk}, stopFields(&r.Stop)...)...)
	return r, err
}

func scanClosedRow(row pgx.Row) (r store.ClosedRow, err error) {
	err = row.Scan(&r.Position, &r.Walk)
	return r, err
}

func scanDoneRow(row pgx.Row) (r store.DoneRow, err error) {
	err = row.Scan(&r.Position, &r.Update)
	return r, err
}

func scanDeadLetterRow(row pgx.Row) (r store.DeadLetterRow, err error) {
	err = row.Scan(append([]any{&r.Position}, entryFields(&r.Entry)...)...)
	return r, err
}

func scanSettingRow(row pgx.Row) (r store.SettingRow, err error) {
	err = row.Scan(&r.Name, &r.Value)
	return r, err
}
