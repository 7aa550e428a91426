package model

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"excursobot/bot/guide/chat"
)

// MaxCases is the most stories that the judge reads in one call.
const MaxCases = 8

// Bounds of what is kept of a verdict. Shorter objections are words that occur everywhere.
const (
	maxObjections     = 8
	minObjectionRunes = 4
	maxObjectionBytes = 500
)

// Judge reads finished stories beside their sources, with a model that may differ from the writing one, and names what a source does not say.
type Judge struct{ server *chat.Client }

// NewJudge returns a Judge that asks the server. It starts nothing.
func NewJudge(server *chat.Client) *Judge { return &Judge{server} }

// Ready reports whether a call may be tried now.
func (j *Judge) Ready() bool { return j.server.Ready() }

// Case is a story before the judge.
type Case struct {
	Place       string // id
	Title       string
	Description string
	Passage     string // what the story was written from
	Story       string
	Marked      []string // words of the story that the checks could not decide on
}

// Verdicts are the result of a Judge call.
type Verdicts struct {
	// Objections holds by place the words of its story that the source does not support, as the story has them up to case, spaces and signs. A place
	// with an empty list passed; a place that is missing got no verdict.
	Objections map[string][]string
	// Tokens as the server counted them, or estimated.
	PromptTokens, AnswerTokens int64
}

// Judge asks about at most MaxCases stories of different places, in several calls if the server takes fewer at a time. Verdicts that arrived before an
// error are good. The error is one of package chat's.
func (j *Judge) Judge(ctx context.Context, cases []Case) (Verdicts, error) {
	s := session{cases: cases, found: Verdicts{Objections: make(map[string][]string, len(cases))}}
	rest, single := cases[:min(len(cases), MaxCases)], false
	for len(rest) > 0 {
		var asked []Case
		reply, err := j.server.Ask(ctx, chat.Request{
			Prompt: func(l chat.Limits) (chat.Prompt, bool) {
				var p chat.Prompt
				p, asked = s.prompt(rest, l)
				return p, len(asked) > 0
			},
			Object: s.read,
			Single: single,
		})
		s.found.PromptTokens += reply.PromptTokens
		s.found.AnswerTokens += reply.AnswerTokens
		single = reply.Single
		if err != nil && (!errors.Is(err, chat.ErrDeclined) || len(asked) != 1) {
			return s.found, err
		}
		rest = slices.DeleteFunc(slices.Clone(rest), func(c Case) bool {
			return s.done(c) || slices.ContainsFunc(asked, func(a Case) bool { return a.Place == c.Place })
		})
	}
	return s.found, nil
}

// session is one Judge call in progress.
type session struct {
	cases []Case
	found Verdicts
}

func (s *session) done(c Case) bool {
	_, ok := s.found.Objections[c.Place]
	return ok
}

// prompt returns what to ask about the cases without a verdict, within the limits, and the cases that are in it: the first of them, as many as fit. A
// source is never cut, because the judge would miss what was cut off.
func (s *session) prompt(from []Case, l chat.Limits) (chat.Prompt, []Case) {
	asked := slices.DeleteFunc(slices.Clone(from), s.done)
	if len(asked) == 0 {
		return chat.Prompt{}, nil
	}
	if l.Single {
		asked = asked[:1]
	}
	p := judgePrompt(asked)
	for l.Bytes > 0 && p.Size() > l.Bytes && len(asked) > 1 {
		asked = asked[:len(asked)-1]
		p = judgePrompt(asked)
	}
	return p, asked
}

// verdict is an entry of the answer.
type verdict struct {
	Place       *string   `json:"place"`
	Unsupported *[]string `json:"unsupported"`
}

// read reads an object of the answer and reports whether it is a verdict. The first verdict about a story counts.
func (s *session) read(raw []byte) bool {
	var v verdict
	if json.Unmarshal(raw, &v) != nil || v.Place == nil || v.Unsupported == nil {
		return false
	}
	i := slices.IndexFunc(s.cases, func(c Case) bool { return c.Place == strings.TrimSpace(*v.Place) })
	if i < 0 || s.done(s.cases[i]) {
		return true
	}
	s.found.Objections[s.cases[i].Place] = counted(*v.Unsupported, s.cases[i].Story)
	return true
}

// counted returns the objections whose words occur in the story.
func counted(objections []string, story string) []string {
	kept, folded := []string{}, foldWords(story)
	for _, o := range objections {
		o = strings.ToValidUTF8(strings.TrimSpace(o), "")
		words := foldWords(o)
		if len(o) > maxObjectionBytes || strings.ContainsRune(o, 0) || utf8.RuneCountInString(words) < minObjectionRunes || !strings.Contains(folded, words) {
			continue
		}
		if kept = append(kept, o); len(kept) == maxObjections {
			break
		}
	}
	return kept
}

// foldWords returns the letters and digits of s in lower case, with one space between the words.
func foldWords(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	return strings.Join(words, " ")
}
