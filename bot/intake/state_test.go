package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestReadyKeepsTelegramsWordsInside(t *testing.T) {
	const words = `Post "https://203.0.113.7/bot": SSL error {error:0A000086}`
	for _, c := range []struct{ err, want error }{
		{nil, nil},
		{errStarting, errStarting},
		{errDraining, errDraining},
		{fmt.Errorf("telegram: %w", errors.New(words)), errUnreached},
		{fmt.Errorf("%w, 3 updates wait: %s", errNoPosts, words), errNoPosts},
	} {
		in := &Intake{parts: &parts{state: newState(1)}}
		in.parts.state.setReady(c.err)
		got := in.Ready()
		if !errors.Is(got, c.want) || got != nil && strings.Contains(got.Error(), "SSL") {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}
