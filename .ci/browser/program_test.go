// Package browser drives the demo and the dashboard in Chromium: make test-browser. It is a separate module, so that the program does not depend on
// a library for browsers. It knows the program from outside: it builds it and runs its commands.
//
// With SCREENSHOTS=DIR it writes pictures there. With DASHBOARD=http://... the pictures show the dashboard of a bot that is running already.
package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var binary string // of the program

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "excursobot-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "excursobot")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// start runs a command of the program until the test ends, and returns the first address that it prints. Only the given environment is set.
func start(t *testing.T, env []string, args ...string) (address string) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = slices.Concat(env, []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()})
	cmd.Dir = t.TempDir()
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	var printed strings.Builder
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(errs); lines.Scan(); {
			fmt.Fprintln(&printed, lines.Text())
			if _, rest, ok := strings.Cut(lines.Text(), "http://"); ok {
				host, _, _ := strings.Cut(rest, "/")
				select {
				case found <- "http://" + host:
				default:
				}
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-read
		if err := cmd.Wait(); err != nil && args[0] != "load" { // a load run that is interrupted fails
			t.Errorf("%v: %v\n%s", args, err, &printed)
		}
	})
	select {
	case address = <-found:
	case <-read:
		t.Fatalf("%v ended:\n%s", args, &printed)
	case <-time.After(browserPatience):
		t.Fatalf("%v printed no address", args)
	}
	return address
}

// message is the part of a chat's event that the tests read.
type message struct {
	Kind    string `json:"kind"`
	FromBot bool   `json:"fromBot"`
	Stars   int    `json:"stars"`
}

// chatOf returns a person's whole chat as the demo's server has it.
func chatOf(t *testing.T, base string, person int) (chat []message) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/demo/events?person=%d", base, person), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var m message
		if err := json.Unmarshal([]byte(data), &m); err != nil {
			t.Fatal(err)
		}
		switch m.Kind {
		case "ready":
			return chat
		case "message":
			chat = append(chat, m)
		}
	}
	t.Fatal("the events ended before the chat was complete")
	return nil
}

// payments returns the sums that the person has paid.
func payments(chat []message) (stars []int) {
	for _, m := range chat {
		if !m.FromBot && m.Stars > 0 {
			stars = append(stars, m.Stars)
		}
	}
	return stars
}
