package bot

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"excursobot/bot/intake"
)

// oddities makes values of the Bot API's types at random: optional fields come and go, and texts and numbers are as odd as their types allow.
type oddities struct {
	api botAPI
	rng *rand.Rand
}

var oddTexts = []string{"", "a", "/help", "hello there", "48.2, 11.5", "\u202eolleh\u0000", "<b>&</i>", "🧭", "пёс", "10", "-1", "null", strings.Repeat("я", 300)}

var oddNumbers = []float64{0, 1, -1, 7, 1000, 1 << 31, -1 << 31, 1<<53 - 1, -(1<<53 - 1)}

// of returns a value of a kind; deep is how far it is inside the update.
func (o *oddities) of(kind string, deep int) any {
	if of, ok := strings.CutPrefix(kind, "[]"); ok {
		list := make([]any, o.rng.IntN(3))
		for i := range list {
			list[i] = o.of(of, deep+1)
		}
		return list
	}
	if subtypes, ok := o.api.unions[kind]; ok {
		return o.of(subtypes[o.rng.IntN(len(subtypes))], deep)
	}
	basic, constant, _ := strings.Cut(kind, "=")
	switch basic {
	case "String":
		if constant != "" {
			return constant
		}
		return oddTexts[o.rng.IntN(len(oddTexts))]
	case "Integer":
		return oddNumbers[o.rng.IntN(len(oddNumbers))]
	case "Float":
		return o.rng.NormFloat64() * 100
	case "Boolean":
		return o.rng.IntN(2) == 0
	case "True":
		return true
	}
	fields, known := o.api.types[kind]
	if !known {
		panic("the Bot API has no type " + kind)
	}
	object := map[string]any{}
	for _, f := range fields {
		if f.required && deep < 12 || o.rng.Float64() < 0.25/float64(deep+1) && deep < 6 {
			object[f.name] = o.of(f.kinds[o.rng.IntN(len(f.kinds))], deep+1)
		}
	}
	return object
}

// update returns an update with one kind of content.
func (o *oddities) update(id int64) map[string]any {
	kinds := o.api.types["Update"][1:]
	f := kinds[o.rng.IntN(len(kinds))]
	return map[string]any{"update_id": id, f.name: o.of(f.kinds[0], 1)}
}

// spoil puts a value of a wrong kind into an object, somewhere inside, and returns where. An object without values stays as it is.
func (o *oddities) spoil(object map[string]any) string {
	names := slices.Sorted(maps.Keys(object))
	if len(names) == 0 {
		return ""
	}
	name := names[o.rng.IntN(len(names))]
	inside, _ := object[name].(map[string]any)
	if list, _ := object[name].([]any); len(list) > 0 {
		inside, _ = list[0].(map[string]any)
	}
	if len(inside) > 0 && o.rng.IntN(3) > 0 {
		return name + "." + o.spoil(inside)
	}
	wrong := []any{nil, true, "text", 1e308, -7.25, []any{}, []any{[]any{}}, map[string]any{}, map[string]any{"unicorn": []any{1}}, strings.Repeat("x", 5000)}
	object[name] = wrong[o.rng.IntN(len(wrong))]
	return name
}

// oddWorld is a bot without limits, to which odd updates are posted.
type oddWorld struct {
	*world
	next int64
}

func inOddWorld(t *testing.T, test func(w *oddWorld)) {
	inWorld(t, newWorld, worldConfig{webhook: true, slow: 100 * time.Millisecond, edit: func(c *Config) {
		c.Limits = Limits{Limits: intake.Limits{StoryRate: -1, UpdateRate: -1, AllStoryRate: -1}, ChatRate: -1, OutRate: -1, NoticeInterval: time.Nanosecond}
	}}, func(t *testing.T, w *world) {
		w.until("ready", func() bool { return w.bot.Ready() == nil })
		test(&oddWorld{w, 1_000_000_000})
	})
}

// post posts an update and lets the bot finish it.
func (w *oddWorld) post(update map[string]any) []byte {
	w.t.Helper()
	w.next++
	update["update_id"] = w.next
	raw, err := json.Marshal(update)
	w.must(err)
	if answer := post(w.bot, hookSecret, string(raw)); answer.Code != http.StatusOK {
		w.t.Errorf("status %d for %.2000s", answer.Code, raw)
	}
	w.until("idle", func() bool { return w.bot.Stats().Tasks == 0 })
	if n := w.bot.Stats().Panics; n > 0 {
		w.t.Fatalf("a panic for %.2000s", raw)
	}
	return raw
}

// Updates as the Bot API describes them, of every kind and with any fields: none is unreadable, none is answered with an apology.
func TestUpdatesOfEveryKind(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inOddWorld(t, func(w *oddWorld) {
				o := &oddities{theAPI(t), rand.New(rand.NewPCG(seed, 3))}
				apologies := apologiesOf(w.world)
				for range 400 {
					raw := w.post(o.update(0))
					if n := w.bot.Stats().DeadLetters; n > 0 {
						t.Fatalf("a dead letter: %.2000s", raw)
					}
					if now := apologiesOf(w.world); now != apologies {
						t.Fatalf("an apology for %.2000s", raw)
					}
				}
			})
		})
	}
}

// The same with values of wrong kinds inside: no panic, no apology, and every update is taken, or noted as one that cannot be read.
func TestSpoiltUpdates(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inOddWorld(t, func(w *oddWorld) {
				o := &oddities{theAPI(t), rand.New(rand.NewPCG(seed, 4))}
				apologies := apologiesOf(w.world)
				for range 400 {
					update := o.update(0)
					delete(update, "update_id")
					for range 1 + o.rng.IntN(3) {
						o.spoil(update)
					}
					raw := w.post(update)
					if now := apologiesOf(w.world); now != apologies {
						t.Fatalf("an apology for %.2000s", raw)
					}
				}
			})
		})
	}
}

// meaningful are the fields of a message that change what a text asks for, or from whom it is.
var meaningful = []string{
	"message_id", "date", "from", "chat", "text", "sender_chat", "location", "venue", "successful_payment", "refunded_payment", "migrate_to_chat_id", "migrate_from_chat_id",
}

// A command is answered, whatever else stands in its message: any fields of the Bot API, spoilt or not, and fields that it does not know.
func TestACommandIsAnsweredWhateverElseItsMessageHolds(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inOddWorld(t, func(w *oddWorld) {
				o := &oddities{theAPI(t), rand.New(rand.NewPCG(seed, 5))}
				var extras []apiField
				for _, f := range o.api.types["Message"] {
					if !slices.Contains(meaningful, f.name) {
						extras = append(extras, f)
					}
				}
				for i := range 250 {
					person := w.person(int64(100+i%5), "en")
					before := len(answers(person))
					more := map[string]any{"unicorn": o.of("Poll", 3)}
					for range 1 + o.rng.IntN(6) {
						f := extras[o.rng.IntN(len(extras))]
						more[f.name] = o.of(f.kinds[0], 3)
					}
					for range o.rng.IntN(3) {
						o.spoil(more)
					}
					message := map[string]any{
						"message_id": 5000 + i, "date": time.Now().Unix(), "text": "/help",
						"from": map[string]any{"id": person.ID(), "is_bot": false, "first_name": "P", "language_code": "en"},
						"chat": map[string]any{"id": person.ID(), "type": "private"},
					}
					maps.Copy(message, more)
					raw := w.post(map[string]any{"message": message})
					got := answers(person)
					if len(got) != before+1 || got[before].HTML != w.words("en").Say("help.text") {
						t.Fatalf("%d answers to %.3000s", len(got)-before, raw)
					}
				}
			})
		})
	}
}

// apologiesOf returns how many updates failed, so that their people read an apology.
func apologiesOf(w *world) int { return strings.Count(w.logs.String(), "msg=update_failed") }
