package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
	"trainyard/launch/remote/boxtest"
)

// quickClock is the variable that hands a test's clock to the programs that it runs.
const quickClock = "TRAINYARD_TEST_CLOCK"

// A chaos is one account at a provider, whose box is a machine with an sshd, and a state
// directory in which the program is killed.
type chaos struct {
	*casesHome
	fake  *providertest.Fake
	box   *boxtest.Box
	dice  *rand.Rand
	round int

	launches, kills, races, ends int
	struck                       map[providertest.Fault]int
}

// ubuntuIsRoot gives the box's root a second name, by which Lambda lets users in.
const ubuntuIsRoot = "sed '$ a ubuntu:x:0:0::/root:/bin/bash' /etc/passwd >/tmp/passwd && mount --bind /tmp/passwd /etc/passwd"

// faster is by how much the clock of the account is ahead: a listing that must be a minute
// apart is so in 0.6 s.
const faster = 100

func newChaos(t *testing.T, kind string, dice *rand.Rand) *chaos {
	t.Helper()
	box := boxtest.Up(t, boxtest.Options{Before: ubuntuIsRoot})
	clock := providertest.Quick{Began: time.Now(), Times: faster}
	c := &chaos{box: box, dice: dice, struck: map[providertest.Fault]int{}}
	c.fake = providertest.New(kind, clock)
	c.fake.Unpaced() // a program that is killed forgets how long it must wait
	c.fake.Address = func(*providertest.Rented) (string, int) { return box.Address(), 22 }
	t.Cleanup(c.fake.Close)
	k := provider.Providers[kind]
	for name, value := range map[string]string{
		k.KeyEnv: providertest.Key, k.URLEnv: c.fake.URL, quickClock: clock.Text(), "GOCACHE": goEnv(t, "GOCACHE"), "XDG_CACHE_HOME": t.TempDir(),
	} {
		t.Setenv(name, value)
	}
	c.casesHome = newCasesHome(t)
	image := ""
	if k.Facts().Image {
		image = "image: pytorch, "
	}
	settings := filepath.Join("config", "trainyard")
	if err := os.MkdirAll(filepath.Join(c.dir, settings), 0o700); err != nil {
		t.Fatal(err)
	}
	c.write(t, filepath.Join(settings, "config.yaml"), fmt.Sprintf(
		"backends:\n  - {name: rent, kind: %s, gpu: h100, max_price: 3.5, %skeep: logs, identity: %s}\n",
		kind, image, filepath.Join(filepath.Dir(box.Config), "key")))
	return c
}

// faults are those that a create, a listing, a look and a delete may have, and for how
// many requests or boxes.
var chaosFaults = []struct {
	fault providertest.Fault
	times int
}{
	{"none", 0}, {"none", 0},
	{providertest.CreateTimeout, 1}, {providertest.CreateLost, 1}, {providertest.CreateBroken, 1}, {providertest.CreateErrs, 1}, {providertest.CreateDown, 2},
	{providertest.CreateLimited, 1}, {providertest.CreateLimitedBy, 1}, {providertest.OutOfStock, 1}, {providertest.PriceChange, 1},
	{providertest.ListLag, 3}, {providertest.ListDown, 4}, {providertest.DestroyGone, 1}, {providertest.DestroyLost, 1}, {providertest.DestroyDown, 3},
	{providertest.SlowEnd, 1}, {providertest.DestroyLate, 1},
}

// inject chooses what goes wrong in a round.
func (c *chaos) inject() (name providertest.Fault) {
	f := chaosFaults[c.dice.IntN(len(chaosFaults))]
	c.fake.Inject(f.fault, f.times)
	if f.fault == providertest.DestroyLate || c.dice.IntN(4) == 0 {
		c.fake.Inject(providertest.ListLag, 3)
	}
	return f.fault
}

// calm ends the faults of a round, and counts those that came about.
func (c *chaos) calm() {
	for _, f := range providertest.Faults {
		c.fake.Inject(f, 0)
		if n := c.fake.Struck(f); n > 0 {
			c.struck[f] = n
		}
	}
}

// args launch the round's own cell: its trainer leaves a mark on the box.
func (c *chaos) args(more ...string) []string {
	script := `echo "$1" >>/root/marks; mkdir -p "$1"; sleep $2; echo done >"$1/model"`
	argv, _ := json.Marshal([]string{"sh", "-c", script, strconv.Itoa(c.round), "{output}", []string{"0.1", "1"}[c.dice.IntN(2)]}) // texts: it cannot fail
	return append([]string{
		"launch", c.dataset, "--trainer", "command", "--backend", "rent", "--deadline", "100h", "--yes", "train.params.argv=" + string(argv),
	}, more...)
}

// one runs the program, and with a limit kills it at a random moment before that.
func (c *chaos) one(t *testing.T, limit time.Duration, args ...string) (out string, killed bool) {
	t.Helper()
	cmd := c.command(args...)
	var words strings.Builder
	cmd.Stdout, cmd.Stderr = &words, &words
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if limit > 0 {
		killer := time.AfterFunc(time.Duration(c.dice.Int64N(int64(limit))), func() { _ = cmd.Process.Kill() })
		defer killer.Stop()
	}
	_ = cmd.Wait() // how the run ended is asked of the ledger
	return words.String(), c.wasKilled(cmd)
}

func (c *chaos) wasKilled(cmd *exec.Cmd) bool {
	killed := cmd.ProcessState.ExitCode() == -1
	if killed {
		c.kills++
	}
	return killed
}

// How far into a command it may be killed: a launch that is followed to the return of its
// box takes a second and a half here, and a look a quarter of one.
const (
	longest  = 1600 * time.Millisecond
	longLook = 500 * time.Millisecond
)

// play is one round: a launch that is killed, or raced, or whose box dies, with a fault of
// the provider; then looks that are killed too; then one that is not.
func (c *chaos) play(t *testing.T) {
	c.round++
	fault := c.inject()
	said := ""
	switch act := c.dice.IntN(6); {
	case fault == providertest.CreateTimeout: // nothing but a kill ends that within two minutes
		c.launches++
		said, _ = c.one(t, longest, c.args()...)
	case act == 0 || c.round == 1:
		said = c.race(t)
	case act == 1 && c.round > 3:
		c.launches++
		said, _ = c.one(t, 0, c.args("--detach")...)
		c.end(t)
	default:
		c.launches++
		said, _ = c.one(t, longest, c.args()...)
	}
	if c.dice.IntN(4) == 0 {
		c.dieOnBox()
	}
	for range c.dice.IntN(4) {
		c.one(t, longLook, [][]string{{"runs"}, {"reconcile"}, {"runs", "stop", c.newest(t)}}[c.dice.IntN(3)]...)
	}
	c.calm()
	c.settle(t, fmt.Sprintf("round %d, %s", c.round, fault), said)
}

// race begins one run eight times at once; one of them is killed.
func (c *chaos) race(t *testing.T) string {
	t.Helper()
	c.races++
	args := c.args()
	var racing sync.WaitGroup
	words := make([]strings.Builder, 8)
	for i := range words {
		cmd := c.command(args...)
		cmd.Stdout, cmd.Stderr = &words[i], &words[i]
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		c.launches++
		if i == 0 {
			time.AfterFunc(time.Duration(c.dice.Int64N(int64(longest))), func() { _ = cmd.Process.Kill() })
			defer func() { c.wasKilled(cmd) }()
		}
		racing.Go(func() { _ = cmd.Wait() }) // how the run ended is asked of the ledger
	}
	racing.Wait()
	return words[1].String()
}

// dieOnBox kills the machine, of which the provider may know or not.
func (c *chaos) dieOnBox() {
	c.ends++
	c.box.Kill()
	if billed := c.fake.Billed(); len(billed) > 0 && c.dice.IntN(2) == 0 {
		c.fake.Stop(billed[0].ID)
	}
}

// end asks for the end of the newest run, and is killed at that.
func (c *chaos) end(t *testing.T) {
	if id := c.newest(t); id != "" {
		c.one(t, longLook, "runs", "stop", id)
	}
}

func (c *chaos) runs(t *testing.T) (runs []launch.Run) {
	t.Helper()
	out, err := c.command("runs", "-n", "0", "--json").Output()
	if len(out) == 0 {
		t.Fatalf("the runs cannot be listed: %v", err)
	}
	if err := json.Unmarshal(out, &runs); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return runs
}

func (c *chaos) newest(t *testing.T) string {
	if runs := c.runs(t); len(runs) > 0 {
		return runs[0].ID
	}
	return ""
}

// settle looks until every run has ended, then judges. A run whose box is dead, and the
// provider does not know it, is asked to end.
func (c *chaos) settle(t *testing.T, what, said string) {
	t.Helper()
	until := time.Now().Add(2 * time.Minute)
	for {
		open := 0
		for _, r := range c.runs(t) {
			if r.State.Ended() {
				continue
			}
			if open++; !c.box.Listens() {
				c.one(t, 0, "runs", "stop", r.ID)
			}
			if time.Now().After(until) {
				t.Fatalf("%s: run %s does not end: %s: %s\n%s", what, r.ID, r.State, r.Reason, said)
			}
		}
		if open == 0 {
			break
		}
	}
	c.judge(t, what, said)
	c.box.Restart(t) // the next box is another
}

// judge: each attempt has started once or never, and the ledger says which; no two boxes of
// a run were there at once, and none is left.
func (c *chaos) judge(t *testing.T, what, said string) {
	t.Helper()
	marks := c.marks(t)
	if different := slices.Compact(slices.Clone(marks)); len(different) != len(marks) {
		t.Errorf("%s: %d starts of %d attempts", what, len(marks), len(different))
	}
	for _, r := range c.runs(t) {
		started := slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(m, r.ID) })
		if never := strings.HasPrefix(r.Reason, "never started"); started == never && r.State != launch.Lost && r.State != launch.Cancelled && r.State != launch.Preempted {
			t.Errorf("%s: run %s is %s (%s), and its trainer has started: %v\n%s", what, r.ID, r.State, r.Reason, started, said)
		}
	}
	for _, mark := range marks {
		if !slices.ContainsFunc(c.runs(t), func(r launch.Run) bool { return strings.Contains(mark, r.ID) }) {
			t.Errorf("%s: the ledger does not know %s", what, mark)
		}
	}
	if billed := c.fake.Billed(); len(billed) > 0 {
		t.Errorf("%s: %d boxes are left: %+v\n%s", what, len(billed), billed, said)
	}
	c.oneAtATime(t, what)
	if v := c.fake.Violations(); len(v) > 0 {
		t.Errorf("%s: %v", what, v)
	}
}

func (c *chaos) marks(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(c.box.Here("/root/marks"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(strings.Fields(string(data))))
}

// oneAtATime demands that no two boxes of one run lived at the same moment.
func (c *chaos) oneAtATime(t *testing.T, what string) {
	t.Helper()
	ended := map[string]time.Time{} // by the name behind the nonce
	made := c.fake.Made("trainyard-")
	slices.SortFunc(made, func(a, b providertest.Rented) int { return cmp.Compare(a.CreatedAt.UnixNano(), b.CreatedAt.UnixNano()) })
	for _, b := range made {
		_, owner, _ := strings.Cut(strings.TrimPrefix(b.Name, "trainyard-"), "-")
		if b.CreatedAt.Before(ended[owner]) {
			t.Errorf("%s: two boxes of %s were there at once", what, owner)
		}
		ended[owner] = b.GoneAt
		if b.GoneAt.IsZero() {
			ended[owner] = b.CreatedAt.Add(1 << 60)
		}
	}
}

// account demands that each dollar that the provider charges is that of a box which the
// journal knows. Of one that tells no charges, the ledger has price times time by our own
// clock, which is the slower one here.
func (c *chaos) account(t *testing.T) (dollars float64) {
	t.Helper()
	if orphans := c.run(t, "orphans", "--json"); !strings.Contains(orphans, `"boxes": []`) {
		t.Errorf("orphans: %s", orphans)
	}
	var bill yard.Bill
	if err := json.Unmarshal([]byte(c.run(t, "bill", "--json")), &bill); err != nil {
		t.Fatal(err)
	}
	want, booked := c.fake.Dollars(), c.booked(t)
	if len(bill.Silent) > 0 {
		if len(bill.Boxes) > 0 || want > 0 && !(booked > 0 && booked < want) {
			t.Errorf("the provider tells no charges and has $%.2f; the bill %+v, and the ledger has $%.4f", want, bill.Boxes, booked)
		}
		return booked
	}
	for _, line := range bill.Boxes {
		dollars += line.Charged
	}
	if bill.Others.Boxes > 0 || dollars < want-0.01 || dollars > want+0.01 {
		t.Errorf("the provider charged $%.2f, of which $%.2f is of known boxes, and %d boxes are unknown", want, dollars, bill.Others.Boxes)
	}
	if booked < want-0.01 || booked > want+0.01 {
		t.Errorf("the provider charged $%.2f, and the ledger has $%.2f", want, booked)
	}
	return dollars
}

// booked is what the ledger says that the attempts have cost.
func (c *chaos) booked(t *testing.T) float64 {
	t.Helper()
	l, err := launch.OpenLedger(launch.LedgerFile(filepath.Join(c.dir, "home")))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	spend, err := l.Spend(t.Context(), launch.SpendQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return spend.Dollars
}

// Whatever dies, a run has one box or none, the ledger says which, and every box is given
// back. TRAINYARD_SLOW_TESTS=1 goes on for a minute, and TRAINYARD_CHAOS_SECONDS for as
// long as it says.
func TestRentedBoxesUnderFire(t *testing.T) {
	if testing.Short() {
		t.Skip("kills the program for seconds")
	}
	seconds, rounds, kills := 0, 3, 1
	if os.Getenv("TRAINYARD_SLOW_TESTS") != "" {
		seconds, rounds, kills = 18, 1, 3
	}
	if n, err := strconv.Atoi(os.Getenv("TRAINYARD_CHAOS_SECONDS")); err == nil {
		seconds = n
	}
	for _, kind := range []string{"runpod", "vast", "lambda"} {
		t.Run(kind, func(t *testing.T) {
			if seconds == 0 && kind != "runpod" {
				t.Skip("TRAINYARD_SLOW_TESTS=1 runs it")
			}
			seed := rand.Uint64()
			if n, err := strconv.ParseUint(os.Getenv("TRAINYARD_CHAOS_SEED"), 10, 64); err == nil {
				seed = n
			}
			c := newChaos(t, kind, rand.New(rand.NewPCG(seed, 0)))
			defer func() { c.report(t, seed) }()
			vain := func() bool { return c.kills < kills || len(c.marks(t)) == 0 }
			for began := time.Now(); !t.Failed() && (c.round < rounds || time.Since(began) < time.Duration(seconds)*time.Second || c.round < 30 && vain()); {
				c.play(t)
			}
			if c.kills < kills {
				t.Errorf("%d kills hit in %d rounds, %d are too few to show anything", c.kills, c.round, kills)
			}
		})
	}
}

func (c *chaos) report(t *testing.T, seed uint64) {
	injected := 0
	for _, n := range c.struck {
		injected += n
	}
	dollars := c.account(t)
	marks := c.marks(t)
	starts := len(slices.Compact(slices.Clone(marks)))
	states := map[launch.State]int{}
	for _, r := range c.runs(t) {
		states[r.State]++
	}
	if starts == 0 {
		t.Errorf("no trainer ever started: %+v", c.runs(t)[0])
	}
	t.Logf("seed %d: %d rounds, %d launches, %d races of 8; killed %d times, %d faults of the provider %v, the box died %d times", seed, c.round, c.launches, c.races, c.kills, injected, c.struck, c.ends)
	t.Logf("%d boxes made, %d trainers started, %d double starts, %d boxes left, $%.2f charged and accounted for, runs %v",
		len(c.fake.Made("trainyard-")), starts, len(marks)-starts, len(c.fake.Billed()), dollars, states)
}
