package store

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"excursobot/geo"
)

// The checks that all adapters share. Each returns ErrInvalid.

// CheckText refuses text with NUL or invalid UTF-8, which one of the adapters could not give back.
func CheckText(texts ...string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return fmt.Errorf("%w: text with NUL or invalid UTF-8", ErrInvalid)
		}
	}
	return nil
}

// CheckKey refuses texts that cannot be part of a key.
func CheckKey(parts ...string) error {
	for _, s := range parts {
		if len(s) > MaxKey {
			return fmt.Errorf("%w: key of %d bytes", ErrInvalid, len(s))
		}
	}
	return CheckText(parts...)
}

// CheckName refuses a name of a setting, or a charge of a payment, that is empty or cannot be a key.
func CheckName(name string) error {
	if name == "" {
		return fmt.Errorf("%w: the name is empty", ErrInvalid)
	}
	return CheckKey(name)
}

// CheckPoint refuses points off the globe.
func CheckPoint(points ...geo.Point) error {
	for _, p := range points {
		if !p.Valid() {
			return fmt.Errorf("%w: point off the globe", ErrInvalid)
		}
	}
	return nil
}

// CheckDay refuses an invalid date, which would never be swept.
func CheckDay(day Day) error {
	if _, err := time.Parse(time.DateOnly, string(day)); err != nil {
		return fmt.Errorf("%w: day %q", ErrInvalid, day)
	}
	return nil
}

// CheckMark refuses an invalid mark.
func CheckMark(mark Mark) error {
	if mark < NoMark || mark > Wrong {
		return fmt.Errorf("%w: mark %d", ErrInvalid, mark)
	}
	return nil
}

// CheckJudged refuses a state that is none.
func CheckJudged(j Judged) error {
	switch j {
	case Unjudged, JudgedPending, JudgedPassed, JudgedSkipped, JudgedRefused:
		return nil
	}
	return fmt.Errorf("%w: judged %q", ErrInvalid, string(j))
}

// Check refuses a key with a part that cannot be part of a key.
func (k StoryKey) Check() error {
	if k.Aspect < 0 || k.Aspect > MaxAspect {
		return fmt.Errorf("%w: aspect %d", ErrInvalid, k.Aspect)
	}
	return CheckKey(k.Place, k.Language, string(k.Length))
}

// Check refuses a key with a part that cannot be part of a key.
func (k ArticleKey) Check() error { return CheckKey(k.Edition) }

// Check refuses a story that cannot be kept.
func (s *Story) Check() error {
	if len(s.WrongBy) > 2 || len(s.Quotes) > MaxQuotes {
		return fmt.Errorf("%w: %d people in WrongBy, %d quotes", ErrInvalid, len(s.WrongBy), len(s.Quotes))
	}
	return errors.Join(s.StoryKey.Check(), CheckPoint(s.Point), CheckText(s.Title, s.Kind, s.URL, s.Picture, s.Text, s.Source, s.Model),
		s.Credit.check(), checkTexts(MaxQuoteBytes, s.Quotes...), CheckJudged(s.Judged), s.Article.Check())
}

// Check refuses a place that cannot be kept.
func (p *Place) Check() error {
	if len(p.Names) > MaxNames || len(p.Sitelinks) > MaxSitelinks {
		return fmt.Errorf("%w: %d names, %d sitelinks", ErrInvalid, len(p.Names), len(p.Sitelinks))
	}
	err := errors.Join(CheckKey(p.ID, p.Language), CheckPoint(p.Point),
		CheckText(p.Title, p.Kind, p.Description, p.Extract, p.URL, p.Picture, p.Source), checkTexts(MaxAboutBytes, p.About), p.Credit.check())
	for language, name := range p.Names {
		err = errors.Join(err, CheckKey(language), checkTexts(MaxNameBytes, name))
	}
	if len(p.Abouts) > MaxNames {
		return fmt.Errorf("%w: %d descriptions", ErrInvalid, len(p.Abouts))
	}
	for language, about := range p.Abouts {
		err = errors.Join(err, CheckKey(language), checkTexts(MaxAboutBytes, about))
	}
	for _, l := range p.Sitelinks {
		err = errors.Join(err, l.check())
	}
	return err
}

func (l Sitelink) check() error {
	return errors.Join(CheckKey(l.Edition), checkTexts(MaxNameBytes, l.Title))
}

func (c Credit) check() error {
	return errors.Join(checkTexts(MaxNameBytes, c.File, c.Author, c.License), checkTexts(MaxURLBytes, c.LicenseURL, c.Page))
}

// Check refuses an article that cannot be kept.
func (a *Article) Check() error {
	return errors.Join(a.ArticleKey.Check(), CheckKey(a.Place), CheckText(a.Title), checkTexts(MaxArticle, a.Text))
}

// checkTexts refuses texts of more than most bytes, and those that CheckText refuses.
func checkTexts(most int, texts ...string) error {
	for _, s := range texts {
		if len(s) > most {
			return fmt.Errorf("%w: text of %d bytes, at most %d", ErrInvalid, len(s), most)
		}
	}
	return CheckText(texts...)
}

// Check refuses a key with a part that cannot be part of a key.
func (k VoiceKey) Check() error { return errors.Join(k.StoryKey.Check(), CheckKey(k.Voice)) }

// Check refuses a voice that cannot be kept.
func (v *Voice) Check() error {
	return errors.Join(v.VoiceKey.Check(), CheckKey(v.Text), CheckText(v.Model, v.FileID))
}

// Check refuses a key with a part that cannot be part of a key.
func (k ReportKey) Check() error { return CheckKey(k.Place, k.Language) }

// Check refuses a report that cannot be kept.
func (r *Report) Check() error {
	if len(r.WrongBy) > 2 {
		return fmt.Errorf("%w: %d people in WrongBy", ErrInvalid, len(r.WrongBy))
	}
	return errors.Join(r.ReportKey.Check(), CheckText(r.Title))
}

// Check refuses a judgement that cannot be kept.
func (j *Judgement) Check() error {
	if len(j.Objections) > MaxObjections || len(j.Shown) > MaxShown {
		return fmt.Errorf("%w: %d objections, %d messages", ErrInvalid, len(j.Objections), len(j.Shown))
	}
	return errors.Join(j.StoryKey.Check(), CheckKey(j.Text), checkTexts(MaxObjectionBytes, j.Objections...))
}

// CheckVerdict refuses what does not end a judgement.
func CheckVerdict(j Judged) error {
	if j == Unjudged || j == JudgedPending {
		return fmt.Errorf("%w: verdict %q", ErrInvalid, string(j))
	}
	return CheckJudged(j)
}

// Check refuses a point that cannot be kept.
func (p *LastPoint) Check() error { return CheckPoint(p.Point) }

// Check refuses a story that cannot be kept.
func (s *LastStory) Check() error { return s.StoryKey.Check() }

// Check refuses a delivery that cannot be kept.
func (d *Delivery) Check() error {
	return errors.Join(CheckKey(d.Place, d.Walk), CheckText(d.Title), CheckPoint(d.Point, d.From), d.Story.Check())
}

// CheckWish refuses a wish that is not known.
func CheckWish(w VoiceWish) error {
	switch w {
	case VoiceOnRequest, VoiceOnWalks, VoiceAlways:
		return nil
	}
	return fmt.Errorf("%w: voice %q", ErrInvalid, string(w))
}

// Check refuses a person that cannot be kept.
func (u *User) Check() error {
	return errors.Join(CheckText(u.Language, u.LanguageCode, string(u.Length)), CheckText(u.Interests...), CheckWish(u.Voice))
}
