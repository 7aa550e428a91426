//go:build chaos

package killpoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"excursobot/bot/sim"
)

// TestChaosFull fills the bot's volume. People still get answers, nobody can pay, /readyz gives the reason, and a killed process starts again. When
// there is room again, everything that was told and paid gets into the store.
func TestChaosFull(t *testing.T) {
	bin := buildBinary(t)
	for _, seed := range []uint64{6, 12} { // polling and webhook
		t.Run(fmt.Sprint("webhook=", seed == 12), func(t *testing.T) {
			dir := shortDir(t)
			const size = 24 << 20
			if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprint("size=", size)); err != nil {
				t.Skip("LEFT OUT: only root can mount a small volume here:", err)
			}
			t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
			r := newCrashRun(t, seed, bin, dir)
			defer r.close()
			r.plan = faultPlan{none: true}
			r.fullVolume()
		})
	}
}

func (r *crashRun) fullVolume() {
	t := r.t
	last := r.startBot("")
	defer func() {
		_ = last.Process.Kill() // after a failure
		if file := os.Getenv("CHAOS_OUT"); file != "" {
			_ = os.WriteFile(file, []byte(r.out.String()+r.errs.String()+r.transcript()), 0o600)
		}
	}()
	r.act(60)
	began := time.Now()
	step := func(what string) {
		fmt.Printf("%s after %.1f s\n", what, time.Since(began).Seconds())
		began = time.Now()
	}
	donor := r.tg.Person(sim.Profile{ID: 950, FirstName: "G", LanguageCode: "en"})
	r.donors[950] = donor
	r.updates = append(r.updates, donor.Say("/donate 77"))
	r.until("answers", func() bool { return r.unanswered() <= 0 && len(donor.Messages()) == 2 })
	bill := donor.Messages()[1]
	step("answers before the volume is full")

	ballast := filepath.Join(r.dir, "ballast")
	if err := fill(ballast); err != nil {
		t.Fatal(err)
	}
	r.until("the store to report that there is no room", func() bool {
		r.act(20) // each needs some room
		status, body := r.get("/readyz", "")
		return status == 503 && strings.Contains(body, "no room left")
	})
	step("/readyz reports that there is no room")
	const asked = 40
	for i := range asked {
		p := r.people[i%askerCount]
		w := r.expected[p]
		w.stories++
		r.expected[p] = w
		lat, lon := r.randomPoint()
		r.updates = append(r.updates, p.Locate(lat, lon))
	}
	r.until("answers without room", func() bool { return r.unanswered() <= 0 })
	step(fmt.Sprint(asked, " more questions answered"))
	r.takeRefusals()
	r.updates = append(r.updates, donor.Pay(bill.ID))
	r.until("a checkout to be refused", func() bool { return r.takeRefusals() == 1 })
	if r.paidBy(950) != 0 {
		t.Error("a payment was made without room")
	}

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	r.until("the store to report that there is room", func() bool {
		status, _ := r.get("/readyz", "")
		return status == 200
	})
	step("room again: /readyz reports ready, without a restart,")
	r.updates = append(r.updates, donor.Pay(bill.ID))
	r.until("the gift", func() bool { return r.paidBy(950) == 1 })
	for p, message := range r.walkers {
		r.updates = append(r.updates, p.StopSharing(message))
	}
	r.waitIdle()
	r.readPages()
	if err := r.backup(); err != nil {
		t.Errorf("backup: %v", err)
	}

	step("everything is written")
	// A process that starts on a full volume.
	if err := fill(ballast); err != nil {
		t.Fatal(err)
	}
	_ = last.Process.Kill()
	_ = last.Wait()
	last = r.startBot("")
	late := r.tg.Person(sim.Profile{ID: 5000, FirstName: "L", LanguageCode: "en"})
	lat, lon := r.randomPoint()
	late.Locate(lat, lon)
	r.until("a story by a process that started without room", func() bool { _, data := buttonOf(late, "more:"); return data != "" })
	step("a process that was killed and starts without room tells a story")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	r.waitIdle()
	r.terminate(last.Process)
	if err := last.Wait(); err != nil {
		t.Errorf("the last stop: %v\n%s", err, r.out.tail(20))
	}
	if a := r.audit(); len(a.faults) > 0 {
		t.Errorf("%s\nlast log lines:\n%s", strings.Join(a.faults, "\n"), r.out.tail(30))
	}
}

// takeRefusals counts the checkouts refused since the last call.
func (r *crashRun) takeRefusals() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.refusals)
	r.refusals = nil
	return n
}

// paidBy counts the payments of a person.
func (r *crashRun) paidBy(person int64) int {
	n := 0
	for _, paid := range r.tg.Payments() {
		if paid.Person == person {
			n++
		}
	}
	return n
}

// unanswered counts the answers that people still wait for.
func (r *crashRun) unanswered() int {
	n := 0
	for p, w := range r.expected {
		for _, m := range p.Messages() {
			if m.FromBot && m.Method == "sendMessage" && !isCard(m) {
				n--
			}
		}
		n += w.stories + w.helps
	}
	return n
}

// until waits for a condition, at most a minute.
func (r *crashRun) until(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if ok() {
			return
		}
	}
	r.t.Fatalf("no %s within a minute; %d updates wait at Telegram, %d answers are missing\n%s", what, r.tg.Pending(), r.unanswered(), r.out.tail(20))
}

// fill writes a file until the volume has no room.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	if errors.Is(err, syscall.ENOSPC) {
		err = nil
	}
	return errors.Join(err, f.Close())
}
